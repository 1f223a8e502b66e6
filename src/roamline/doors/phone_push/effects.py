"""The effect *clear the call history* on Cisco phones (EM-27); software phones see it in their configuration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from roamline.doors.phone_push.push import NotPushed, Target, push
from roamline.rooms.emcc import visits
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.service import CLEAR_HISTORY
from roamline.rooms.phones import addresses
from roamline.rooms.phones.models import Phone
from roamline.wires.phone_xml import CLEAR_CALL_HISTORY, Execute

log = structlog.get_logger(__name__)

AGAIN_AFTER_SECONDS = 5.0
GIVE_UP_AFTER_SECONDS = 600
"""Our own: a phone restarts in two or three minutes after a log-in, and may be unplugged instead."""


@ledger.on_effect(CLEAR_HISTORY)
def clear_history(subject: str, _version: int, payload: dict[str, Any], now: datetime) -> None:
    """Clear a Cisco phone's call history by push; tried again while it restarts, and given up after ten minutes."""
    phone = Phone.objects.select_related("model").filter(name=subject).first()
    if phone is None or phone.model.is_software:
        return
    try:
        push(_target(phone), Execute((CLEAR_CALL_HISTORY,)))
    except NotPushed as refusal:
        if now.timestamp() > int(payload.get("since", 0)) + GIVE_UP_AFTER_SECONDS:
            log.warning("a call history was not cleared", device=subject, reason=str(refusal))
            return
        raise ledger.TryAgain(AGAIN_AFTER_SECONDS, str(refusal)) from refusal


def _target(phone: Phone) -> Target:
    # One on which a user of another cluster is logged in registers there: it is where it asked from.
    address = addresses.address_of(phone.name) or visits.address_of(phone)
    if not address:
        raise NotPushed(f"{phone.name} is not registered")
    return Target(phone.name, address, int(settings.CONFIG["phones.push_port"]))
