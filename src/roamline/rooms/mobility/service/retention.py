"""The nightly purge: what is older than its retention time goes (S-11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import structlog
from asgiref.sync import sync_to_async
from django.db import transaction

from roamline.rooms.directory import store as directory
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.retention import purge_audit
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters

log = structlog.get_logger(__name__)

PURGE = "retention.purge"
SITE = "site"
AT = time(2, 30, tzinfo=UTC)
ROWS_AT_ONCE = 500

Purge = Callable[[parameters.Parameters, datetime], int]

_purges: dict[str, Purge] = {}


def on_purge(kind: str) -> Callable[[Purge], Purge]:
    """Register what the nightly purge removes: called as ``purge(parameters, now)``, answers how many rows went."""

    def register(purge: Purge) -> Purge:
        _purges[kind] = purge
        return purge

    return register


def next_purge(now: datetime) -> datetime:
    """The next time of the nightly purge after ``now``."""
    today = datetime.combine(now.astimezone(UTC).date(), AT)
    return today if today > now else today + timedelta(days=1)


def purge(now: datetime) -> dict[str, int]:
    """Remove everything older than its retention time; how many rows of each kind."""
    in_force = parameters.now_in_force()
    return {kind: remove(in_force, now) for kind, remove in _purges.items()}


@on_purge("audit entries")
def purge_old_audit(in_force: parameters.Parameters, now: datetime) -> int:
    """Whole days of the audit trail (EM-46, S-13)."""
    days = timedelta(days=in_force.number(parameter_rules.AUDIT_RETENTION))
    return purge_audit((now.astimezone(UTC) - days).date(), now)


@on_purge("ended sessions")
def purge_old_sessions(in_force: parameters.Parameters, now: datetime) -> int:
    """Login sessions that ended too long ago; open ones stay however old they are."""
    before = now - timedelta(days=in_force.number(parameter_rules.SESSION_RETENTION))
    removed = 0
    while some := list(LoginSession.objects.filter(ended_at__lt=before).values_list("id", flat=True)[:ROWS_AT_ONCE]):
        LoginSession.objects.filter(id__in=some).delete()
        removed += len(some)
    return removed


@on_purge("guessing sources")
def purge_old_sources(_in_force: parameters.Parameters, now: datetime) -> int:
    """Addresses whose last wrong credential is a day old."""
    return directory.forget_sources(now - timedelta(days=1))


@ledger.on_deadline(PURGE)
def purge_tonight(_subject: str, _payload: dict[str, object], now: datetime) -> None:
    """The night has come: purge, and be there again the next."""
    ledger.schedule(PURGE, SITE, next_purge(now))
    log.info("purged", **{kind.replace(" ", "_"): rows for kind, rows in purge(now).items()})


def schedule_purge(now: datetime) -> None:
    """Have the purge run every night; nothing happens when it is scheduled already."""
    with transaction.atomic():
        if not ledger.is_scheduled(PURGE, SITE):
            ledger.schedule(PURGE, SITE, next_purge(now))


async def keep_purging() -> None:
    """A task of the engine: sees to it that the purge is scheduled."""
    await sync_to_async(schedule_purge)(datetime.now(UTC))
    await asyncio.Event().wait()
