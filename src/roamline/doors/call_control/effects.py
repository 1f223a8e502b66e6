"""Bringing a log-in or log-out to a phone: old registrations go, Cisco phones are told to restart or reset (EM-31).

The truth changed with the commit already: views decide who may register and who is rung. So this waits until the
phone is idle, and a call that is up is never dropped (EM-42).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from roamline.doors.call_control import calls_up, launch
from roamline.doors.call_control.rpc import Registration, Rpc, RpcRefused, Unreachable
from roamline.platform import sql
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service.confirmation import AFTER_ORDER
from roamline.rooms.phones import addressing
from roamline.rooms.phones.models import Phone
from roamline.wires.service_control import NO_STAMP, Action, ServiceControl, notify_headers, render_body

RECONFIGURE = "phone.reconfigure"
LOOK_AGAIN_SECONDS = 2.0
SNAPSHOT_SECONDS = 1.0
HELD_SECONDS = 0.5

_AORS = """
SELECT aor FROM kamailio_line
WHERE device = %s AND NOT EXISTS (SELECT 1 FROM phones_phone p WHERE p.folded_name = device AND p.visitor <> '')
"""


@dataclass(slots=True)
class _Snapshot:
    """Kamailio's registrations as of a moment: many phones reconfigured at once ask for them once."""

    taken: float = -SNAPSHOT_SECONDS
    found: tuple[Registration, ...] = ()

    def of(self, rpc: Rpc, device: str) -> list[Registration]:
        if time.monotonic() - self.taken >= SNAPSHOT_SECONDS:
            self.found, self.taken = tuple(rpc.all_registrations()), time.monotonic()
        return [each for each in self.found if each.device == device.lower()]


_snapshot = _Snapshot()


def is_in_call(device: str) -> bool | None:
    """Whether a phone is in a call; None when there is no call control here, or it does not answer."""
    return None if launch.missing() is not None else calls_up.is_in_call(settings.CONFIG, device)


def which_are_in_call(devices: Sequence[str]) -> set[str]:
    """Those of some phones that are in a call; none of them when there is no call control here."""
    return set() if launch.missing() is not None else calls_up.which_are_in_call(settings.CONFIG, devices)


def address_of(device: str) -> str | None:
    """The IP address that a device is registered from; None when it is not, or Kamailio does not answer."""
    if launch.missing() is not None:
        return None
    try:
        found = _snapshot.of(Rpc.of(settings.CONFIG), device)
    except (Unreachable, RpcRefused):
        return None
    return next((address for each in found if (address := _address(each))), None)


def _address(registration: Registration) -> str | None:
    """Where a registration came from: what Kamailio saw, else what the phone said."""
    uri = registration.received if registration.received.startswith("sip:") else f"sip:{registration.host}"
    host = uri.removeprefix("sip:").partition(";")[0]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0] or None


@ledger.on_effect(RECONFIGURE)
def reconfigure(subject: str, version: int, payload: dict[str, Any], now: datetime) -> None:
    """Have a phone take up its current configuration: ``payload["action"]`` is ``restart`` or ``reset``.

    A version that is not the phone's newest is dropped: a newer effect is on its way. From now on the phone has a set
    time to confirm (EM-44); ``payload["after"]`` says which attempt this is. Raises TryAgain while the phone
    is in a call or Kamailio does not answer.
    """
    if not settings.CONFIG["call_control.enabled"] or launch.missing() is not None:
        return
    phone = Phone.objects.select_related("model").filter(name=subject, configuration_version__lte=version).first()
    if phone is None:
        return
    if mobility.is_held(phone.name):
        raise ledger.TryAgain(HELD_SECONDS, "another cluster is told first")
    busy = calls_up.is_in_call(settings.CONFIG, phone.name)
    if busy is None or busy:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, "in a call" if busy else "call control does not answer")
    mobility.expect_confirmation(
        phone.name, phone.configuration_version, now, after=str(payload.get("after", AFTER_ORDER))
    )
    try:
        _bring_up_to_date(Rpc.of(settings.CONFIG), phone, str(payload.get("action", Action.RESTART.value)))
    except Unreachable as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence


def _bring_up_to_date(rpc: Rpc, phone: Phone, action: str) -> None:
    justified = {aor for (aor,) in sql.rows(_AORS, [phone.folded_name])}
    if phone.model.registers_once:
        # Asked now: a phone refuses an order with the Call-ID or contact of the registration before its last one.
        for registration in rpc.contacts(phone.folded_name):
            order(rpc, registration, Action(action))
    for registration in _snapshot.of(rpc, phone.name):
        if registration.aor not in justified:
            rpc.remove_registration(registration.aor)


def order(rpc: Rpc, to: Registration, action: Action, stamps: tuple[str, str] = (NO_STAMP, NO_STAMP)) -> None:
    """Send a Cisco phone a service-control order over the way it registered by.

    ``stamps`` are those of its configuration file and dial template, where they matter. The phone compares the address
    with its own Contact, so that is given back as it came. One that cannot be put in a header is not a Cisco phone's;
    it is left alone.

    Errors: Unreachable.
    """
    try:
        headers = notify_headers(addressing.own_sip_host(to.host), to.user, to.host)
        body = render_body(ServiceControl(action, to.call_id, *stamps))
        rpc.notify(to, headers, body)
    except (ValueError, RpcRefused):
        return
