"""Cisco phones show how the calls of their lines are forwarded, wherever that was set (EM-32)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roamline.doors.call_control import telling
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import forwards_shown
from roamline.wires import remote_control


@ledger.on_effect(forwards_shown.SHOW_FORWARDS)
def show(subject: str, version: int, _payload: dict[str, Any], _now: datetime) -> None:
    """Tell a Cisco phone the forwards of all its lines; TryAgain while Kamailio does not answer.

    Not while it still runs an earlier configuration, whose lines are others: it is told when it confirms the newest.
    """
    phone = telling.cisco_phone(subject)
    if phone is None or phone.configuration_version != version or mobility.awaits_confirmation(phone.name, version):
        return
    telling.tell(phone, remote_control.forward_update(forwards_shown.shown_on(phone)))
