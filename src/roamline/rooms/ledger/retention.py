"""The retention of the audit trail: whole days go, and each leaves one row that says how many entries it had (S-13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from roamline.rooms.ledger.models import AuditEntry, AuditPurge


def purge_audit(before: date, now: datetime) -> int:
    """Remove every entry of the days (UTC) before one; how many. Each day goes in a transaction of its own.

    Running it again, or on two nodes at once, removes nothing twice and counts nothing twice.
    """
    removed = 0
    while (day := _oldest_day()) is not None and day < before:
        removed += _purge_day(day, now)
    return removed


def _oldest_day() -> date | None:
    oldest = AuditEntry.objects.aggregate(at=Min("at"))["at"]
    return oldest.astimezone(UTC).date() if oldest else None


@transaction.atomic
def _purge_day(day: date, now: datetime) -> int:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # The row comes first: the database lets entries go only of days that it names.
    purge, _is_new = AuditPurge.objects.select_for_update().get_or_create(day=day, defaults={"purged_at": now})
    removed, _kinds = AuditEntry.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).delete()
    purge.removed += removed
    purge.purged_at = now
    purge.save(update_fields=["removed", "purged_at"])
    return removed
