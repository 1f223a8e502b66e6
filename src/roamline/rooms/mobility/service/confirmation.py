"""Whether phones do what they were told: waiting, reset, alarm (EM-44).

A phone that was told to take up a configuration has ``phones.confirm_seconds`` to register with that configuration's
secret. One that does not is reset; one that still does not gets an alarm, which stays until it registers. The waiting
is a stored deadline, so it goes on over a restart, on whichever node is alive.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.mobility.service.common import RECONFIGURE
from roamline.rooms.phones.models import Phone

log = structlog.get_logger(__name__)

CONFIRMATION = "phone.confirmation"
AFTER_ORDER, AFTER_RESET = "order", "reset"


def expect_confirmation(device: str, version: int, now: datetime, *, after: str = AFTER_ORDER) -> None:
    """A phone was told to take up ``version``: look after the set time whether it did; ``after`` which attempt."""
    if store.is_unconfirmed(device, version):
        due = now + timedelta(seconds=int(settings.CONFIG["phones.confirm_seconds"]))
        with transaction.atomic():
            ledger.schedule(CONFIRMATION, device, due, {"version": version, "after": after})


def awaits_confirmation(device: str, version: int) -> bool:
    """Whether a phone has not yet registered with the secret of this version of its configuration, its newest."""
    return store.is_unconfirmed(device, version)


def confirmed(device: str) -> None:
    """A phone registered with its newest secret: nobody waits any more, and its alarm is over."""
    ledger.cancel(CONFIRMATION, device)
    if PhoneAlarm.objects.filter(phone__name=device).delete()[0]:
        log.info("a phone is back", device=device)


def alarms() -> int:
    """How many phones have an alarm."""
    return PhoneAlarm.objects.count()


@ledger.on_deadline(CONFIRMATION)
def look(device: str, payload: dict[str, Any], now: datetime) -> None:
    """The time is up: reset a phone that did not confirm; the second time raise the alarm."""
    version = int(payload["version"])
    if not store.is_unconfirmed(device, version):
        return
    if payload.get("after") == AFTER_RESET:
        _raise_alarm(device, version, now)
        return
    log.warning("a phone does not confirm, and is reset", device=device, version=version)
    ledger.ask_for_effect(RECONFIGURE, device, version, now, {"action": "reset", "after": AFTER_RESET})
    ledger.record(at=now, action="phone.not_confirmed", device=device, details={"version": version, "told": "reset"})


def _raise_alarm(device: str, version: int, now: datetime) -> None:
    phone = Phone.objects.get(name=device)
    PhoneAlarm.objects.update_or_create(phone=phone, defaults={"version": version, "since": now})
    LoginSession.objects.filter(phone=phone, ended_at__isnull=True).update(
        confirmation=LoginSession.NOT_CONFIRMED, revision=F("revision") + 1
    )
    log.error("a phone did not take up its configuration", device=device, version=version)
    ledger.record(
        at=now, action="phone.alarm", device=device, succeeded=False, details={"version": version},
        reason=_("did not register with its newest configuration, not even after a reset"),
    )  # fmt: skip
