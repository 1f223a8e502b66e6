"""Do not disturb between phones and the site: what a phone's key or a code reports, and what Cisco phones are told.

A Cisco phone shows what it is told by a REFER with ``dndupdate``, the shape that public projects for these phones use.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roamline.doors.call_control import telling
from roamline.doors.call_control.events import DoNotDisturb, Event, on_event
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.phones.models import DeviceProfile
from roamline.wires import remote_control


@on_event
def take_up(event: Event, now: datetime) -> None:
    """A phone's user turned it on or off."""
    if isinstance(event, DoNotDisturb):
        mobility.set_do_not_disturb_on(event.device, event.on, By("", Way.PHONE, event.source), now)


@ledger.on_effect(mobility.SHOW_DO_NOT_DISTURB)
def show(subject: str, _version: int, _payload: dict[str, Any], _now: datetime) -> None:
    """Have a Cisco phone show what its profile says now; TryAgain while Kamailio does not answer."""
    phone = telling.cisco_phone(subject)
    if phone is None:
        return
    profile = phone.current_profile
    rejects = profile.dnd_option == DeviceProfile.REJECT
    telling.tell(phone, remote_control.dnd_update(profile.dnd_enabled, rejects=rejects))
