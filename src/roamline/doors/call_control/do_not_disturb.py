"""Do not disturb between phones and the site: what a phone's key or a code reports, and what Cisco phones are told.

A Cisco phone shows what it is told by a REFER with ``dndupdate``, the shape that public projects for these phones use.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings

from roamline.doors.call_control import launch
from roamline.doors.call_control.effects import LOOK_AGAIN_SECONDS
from roamline.doors.call_control.events import DoNotDisturb, Event, on_event
from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.phones.models import DeviceProfile, Phone
from roamline.wires import remote_control


@on_event
def take_up(event: Event, now: datetime) -> None:
    """A phone's user turned it on or off."""
    if isinstance(event, DoNotDisturb):
        mobility.set_do_not_disturb_on(event.device, event.on, By("", Way.PHONE, event.source), now)


@ledger.on_effect(mobility.SHOW_DO_NOT_DISTURB)
def show(subject: str, _version: int, _payload: dict[str, Any], _now: datetime) -> None:
    """Have a Cisco phone show what its profile says now; TryAgain while Kamailio does not answer."""
    if not settings.CONFIG["call_control.enabled"] or launch.missing() is not None:
        return
    phone = Phone.objects.select_related("current_profile").filter(name=subject, model__registers_once=True).first()
    if phone is None:
        return
    profile, rpc, host = phone.current_profile, Rpc.of(settings.CONFIG), str(settings.CONFIG["site.advertised_host"])
    body = remote_control.dnd_update(profile.dnd_enabled, rejects=profile.dnd_option == DeviceProfile.REJECT)
    try:
        for contact in rpc.contacts(phone.folded_name):
            headers = remote_control.refer_headers(host, contact.user, contact.host, secrets.token_hex(8))
            rpc.request("REFER", contact, headers, body)
    except Unreachable as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence
    except (RpcRefused, ValueError):
        return  # a contact that is not a Cisco phone's
