"""Every statement of the ledger, the same on SQLite and PostgreSQL but for how rows are claimed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from roamline.platform import sql

_ADD_AUDIT = """
INSERT INTO ledger_auditentry
  (uuid, at, action, actor, way, source, user_id, device, subject, result, succeeded, reason, details)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

_PUT_DEADLINE = """
INSERT INTO ledger_deadline (uuid, kind, subject, due_at, payload, claimed_by, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, '', 0, '')
ON CONFLICT (kind, subject) DO UPDATE SET
  uuid = excluded.uuid, due_at = excluded.due_at, payload = excluded.payload,
  claimed_until = NULL, claimed_by = '', attempts = 0, last_error = ''
"""

# A deadline that is firing just now holds its row and waits for what the canceller holds: passing over it keeps the
# two from waiting for each other. Its handler will find that there is nothing left to do.
_DROP_DEADLINE = """
DELETE FROM ledger_deadline WHERE id IN (SELECT id FROM ledger_deadline WHERE kind = %s AND subject = %s {skip})
"""

_DROP_DEADLINES_BEGINNING = """
DELETE FROM ledger_deadline WHERE id IN (SELECT id FROM ledger_deadline WHERE kind = %s AND subject LIKE %s {skip})
"""

_HAS_DEADLINE = "SELECT 1 FROM ledger_deadline WHERE kind = %s AND subject = %s"

_PUT_EFFECT = """
INSERT INTO ledger_effect (uuid, kind, subject, version, due_at, payload, claimed_by, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, %s, '', 0, '')
ON CONFLICT (kind, subject) DO UPDATE SET
  uuid = excluded.uuid, version = excluded.version, due_at = excluded.due_at, payload = excluded.payload,
  claimed_until = NULL, claimed_by = '', attempts = 0, last_error = ''
WHERE ledger_effect.version <= excluded.version
"""

_DROP_EFFECTS = "DELETE FROM ledger_effect WHERE subject = %s"

# Two nodes never claim the same row: PostgreSQL skips rows another node is claiming, SQLite has one writer.
_CLAIM = """
UPDATE {table} SET claimed_until = %s, claimed_by = %s, attempts = attempts + 1
WHERE id IN (
  SELECT id FROM {table}
  WHERE due_at <= %s AND (claimed_until IS NULL OR claimed_until <= %s)
  ORDER BY due_at LIMIT %s {skip}
)
RETURNING id, uuid, kind, subject, payload, attempts{more}
"""

_FINISH = "DELETE FROM {table} WHERE id = %s AND uuid = %s AND claimed_by = %s"

# A row that somebody is just changing is passed over: it is left alone all the same once they have.
_FINISH_ALL = """
DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE claimed_by = %s AND ({which}) {skip}) RETURNING id
"""

_POSTPONE = """
UPDATE {table} SET due_at = %s, claimed_until = NULL, claimed_by = '', last_error = %s
WHERE id = %s AND uuid = %s AND claimed_by = %s
"""

DEADLINES = "ledger_deadline"
EFFECTS = "ledger_effect"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A deadline or effect that this node may act on until its lease ends."""

    id: int
    uuid: object
    kind: str
    subject: str
    payload: dict[str, Any]
    attempts: int
    version: int


def add_audits(entries: Iterable[tuple[datetime, tuple[object, ...], dict[str, Any]]]) -> None:
    """Insert audit entries; ``values`` in the order of the table's columns from ``action`` to ``reason``."""
    sql.run_many(
        _ADD_AUDIT, [[uuid4().hex, sql.bound(at), *values, json.dumps(details)] for at, values, details in entries]
    )


def put_deadline(kind: str, subject: str, due_at: datetime, payload: dict[str, Any]) -> None:
    """Set the deadline of a subject, in place of any earlier one of that kind."""
    sql.run(_PUT_DEADLINE, [uuid4().hex, kind, subject, sql.bound(due_at), json.dumps(payload)])


def drop_deadline(kind: str, subject: str) -> bool:
    """Remove a subject's deadline unless it is firing just now; whether one was removed."""
    skip = "FOR UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    return sql.run(_DROP_DEADLINE.format(skip=skip), [kind, subject]) > 0


def drop_deadlines_beginning(kind: str, beginning: str) -> int:
    """Remove the deadlines whose subject begins so (no ``%`` or ``_`` in it) unless they are firing; how many."""
    skip = "FOR UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    return sql.run(_DROP_DEADLINES_BEGINNING.format(skip=skip), [kind, f"{beginning}%"])


def has_deadline(kind: str, subject: str) -> bool:
    """Whether a subject has a deadline of a kind."""
    return sql.row(_HAS_DEADLINE, [kind, subject]) is not None


def put_effects(effects: Iterable[tuple[str, str, int, dict[str, Any]]], due_at: datetime) -> None:
    """Ask for effects (kind, subject, version, payload); one asked for at a newer version stays as it is."""
    due = sql.bound(due_at)
    sql.run_many(
        _PUT_EFFECT,
        [
            [uuid4().hex, kind, subject, version, due, json.dumps(payload)]
            for kind, subject, version, payload in effects
        ],
    )


def drop_effects(subject: str) -> int:
    """Remove every effect on a subject; how many."""
    return sql.run(_DROP_EFFECTS, [subject])


def claim(table: str, now: datetime, lease: timedelta, claimant: str, limit: int) -> list[Claimed]:
    """Claim up to ``limit`` due rows for ``lease``; the earliest due first."""
    more = ", version" if table == EFFECTS else ", 0"
    skip = "FOR UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    statement = _CLAIM.format(table=table, skip=skip, more=more)
    until, at = sql.bound(now + lease), sql.bound(now)
    return list(_claimed(sql.rows(statement, [until, claimant, at, at, limit])))


def _claimed(rows: Iterable[sql.Row]) -> Iterable[Claimed]:
    for id_, uuid, kind, subject, payload, attempts, version in rows:
        loaded = json.loads(payload) if isinstance(payload, str) else payload
        yield Claimed(id_, uuid, kind, subject, loaded, attempts, version)


def finish(table: str, row: Claimed, claimant: str) -> bool:
    """Delete a claimed row; False when it was changed or claimed by another since, and must be left alone."""
    return sql.run(_FINISH.format(table=table), [row.id, row.uuid, claimant]) > 0


def finish_all(table: str, rows: list[Claimed], claimant: str) -> set[int]:
    """Delete claimed rows; the ids of those deleted. The others were changed or claimed by another since."""
    if not rows:
        return set()
    which = " OR ".join(["(id = %s AND uuid = %s)"] * len(rows))
    skip = "FOR UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    values = [value for row in rows for value in (row.id, row.uuid)]
    statement = _FINISH_ALL.format(table=table, which=which, skip=skip)
    return {id_ for (id_,) in sql.rows(statement, [claimant, *values])}


def postpone(table: str, row: Claimed, claimant: str, due_at: datetime, error: str) -> None:
    """Give a claimed row back for later, with the reason."""
    sql.run(_POSTPONE.format(table=table), [sql.bound(due_at), error[:500], row.id, row.uuid, claimant])
