"""Apply config: a Cisco phone compares its configuration with the newest, and restarts only when they differ (EM-11).

The order is *check-version* with the stamps of the files that the phone would fetch now: the phone decides. Software
phones need no order, because they follow their configuration by themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from roamline.doors.call_control import calls_up, launch
from roamline.doors.call_control.effects import LOOK_AGAIN_SECONDS, order
from roamline.doors.call_control.rpc import Rpc, Unreachable
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import Phone
from roamline.wires.service_control import Action


@ledger.on_effect(mobility.APPLY_CONFIG)
def apply_config(subject: str, _version: int, _payload: dict[str, Any], now: datetime) -> None:
    """Have a phone compare; raises TryAgain while it is in a call or Kamailio does not answer."""
    if not settings.CONFIG["call_control.enabled"] or launch.missing() is not None:
        return
    phone = Phone.objects.select_related("model").filter(name=subject, model__registers_once=True).first()
    stamps = mobility.file_stamps_of(subject) if phone is not None else None
    if phone is None or stamps is None:
        return
    if calls_up.is_in_call(settings.CONFIG, phone.name) is not False:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, "in a call, or call control does not answer")
    rpc = Rpc.of(settings.CONFIG)
    try:
        for registration in rpc.contacts(phone.folded_name):
            order(rpc, registration, Action.CHECK_VERSION, stamps)
    except Unreachable as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence
