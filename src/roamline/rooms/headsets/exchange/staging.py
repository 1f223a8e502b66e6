"""An import that is applied whole or not at all: staged in short transactions, applied by set statements in one.

Headsets that the inventory does not know are entered with the staging: belonging to nobody, they change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from roamline.platform import sql
from roamline.platform.pace import portions
from roamline.rooms.headsets.exchange.applying import enter_headsets
from roamline.rooms.headsets.exchange.checking import Change, Place
from roamline.rooms.headsets.models import Headset, StagedRow

_TAKE = """
DELETE FROM headsets_association WHERE id IN (
  SELECT n.id FROM headsets_stagedrow s
  JOIN headsets_headset h ON h.folded_serial = s.folded_serial
  JOIN headsets_association n ON n.headset_id = h.id AND n.account_id = s.account_id
  WHERE s.batch = %s AND s.removes)
"""
_GIVE = """
INSERT INTO headsets_association (uuid, revision, account_id, headset_id, slot, since)
SELECT s.noun_uuid, 0, s.account_id, h.id, s.slot, s.staged_at
FROM headsets_stagedrow s JOIN headsets_headset h ON h.folded_serial = s.folded_serial
WHERE s.batch = %s AND NOT s.removes
"""
_END_SKIPS = """
DELETE FROM headsets_skip WHERE headset_id IN (
  SELECT h.id FROM headsets_stagedrow s JOIN headsets_headset h ON h.folded_serial = s.folded_serial
  WHERE s.batch = %s AND NOT s.removes)
"""
_AUDIT = """
INSERT INTO ledger_auditentry
  (uuid, at, action, actor, way, source, user_id, device, subject, result, succeeded, reason, details)
SELECT s.audit_uuid, s.staged_at, CASE WHEN s.removes THEN 'headset.dissociated' ELSE 'headset.associated' END,
  %s, %s, '', a.user_id, '', s.serial, 0, %s, '', '{}'
FROM headsets_stagedrow s JOIN directory_account a ON a.id = s.account_id WHERE s.batch = %s ORDER BY s.id
"""


def apply_whole(changes: Sequence[Change], *, actor: str, way: str, now: datetime) -> bool:
    """Do all changes, or none when somebody else was quicker; whether they were done. Every one is in the audit."""
    batch = uuid4()
    try:
        entered = _stage(changes, batch, now)
        if _apply(changes, batch, actor, way):
            return True
        _forget(entered)
        return False
    finally:
        _unstage(batch)


def _stage(changes: Sequence[Change], batch: UUID, now: datetime) -> list[str]:
    entered: list[str] = []
    for chunk in portions(changes):
        with transaction.atomic():
            folded = [change.folded for change in chunk]
            known = set(Headset.objects.filter(folded_serial__in=folded).values_list("folded_serial", flat=True))
            new = [change for change in chunk if change.folded not in known]
            enter_headsets(new)
            entered += [change.folded for change in new]
            StagedRow.objects.bulk_create(row for change in chunk for row in _staged(change, batch, now))
    return entered


def _staged(change: Change, batch: UUID, now: datetime) -> Iterator[StagedRow]:
    def row(place: Place, *, removes: bool) -> StagedRow:
        return StagedRow(
            batch=batch, removes=removes, account_id=place.account_id, serial=change.serial,
            folded_serial=change.folded, slot=place.slot, staged_at=now,
        )  # fmt: skip

    if change.before:
        yield row(change.before, removes=True)
    if change.after:
        yield row(change.after, removes=False)


def _apply(changes: Sequence[Change], batch: UUID, actor: str, way: str) -> bool:
    try:
        with transaction.atomic():
            taken = sql.run(_TAKE, [batch.hex])
            given = sql.run(_GIVE, [batch.hex])
            wanted = sum(change.before is not None for change in changes), sum(bool(change.after) for change in changes)
            if (taken, given) != wanted:
                transaction.set_rollback(True)
                return False
            sql.run(_END_SKIPS, [batch.hex])
            sql.run(_AUDIT, [actor[:128], way[:32], True, batch.hex])
    except IntegrityError:
        return False
    return True


def _forget(folded: list[str]) -> None:
    """Take what was entered out of the inventory again, unless it was used meanwhile."""
    for part in portions(folded):
        Headset.objects.filter(folded_serial__in=part, association__isnull=True, first_seen__isnull=True).delete()


def _unstage(batch: UUID) -> None:
    keys = list(StagedRow.objects.filter(batch=batch).values_list("pk", flat=True))
    for part in portions(keys):
        StagedRow.objects.filter(pk__in=part).delete()
