"""Every statement of call backs, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roamline.platform import sql

_NOTE_UNANSWERED = """
INSERT INTO features_unansweredcall (phone_id, line, number_id, waits_for, at)
SELECT p.id, %s, %s, %s, %s FROM phones_phone p
WHERE p.folded_name = %s AND EXISTS (SELECT 1 FROM dialplan_directorynumber n WHERE n.id = %s)
ON CONFLICT (phone_id) DO UPDATE
SET line = excluded.line, number_id = excluded.number_id, waits_for = excluded.waits_for, at = excluded.at
"""
_USED = """
UPDATE features_callback SET waits_for = 'idle'
WHERE waits_for = 'use' AND number_id IN (
  SELECT l.directory_number_id FROM phones_line l JOIN phones_phone p ON p.current_profile_id = l.profile_id
  WHERE p.folded_name = %s)
"""
_DUE = """
SELECT c.id, p.name, c.line, n.pattern, n.id FROM features_callback c
JOIN phones_phone p ON p.id = c.phone_id
JOIN dialplan_directorynumber n ON n.id = c.number_id
WHERE c.waits_for = 'idle' AND c.expires_at > %s AND (c.ringing_until IS NULL OR c.ringing_until < %s)
ORDER BY c.asked_at LIMIT %s
"""
_DEVICES = """
SELECT p.name, f.dnd_enabled, COALESCE(NULLIF(l.display_name, ''), n.alerting_name) FROM phones_phone p
JOIN phones_line l ON l.profile_id = p.current_profile_id AND l.directory_number_id = %s
JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
JOIN phones_deviceprofile f ON f.id = p.current_profile_id ORDER BY p.id
"""
_CONCERNED = """
SELECT * FROM (
  SELECT p.id, EXISTS (SELECT 1 FROM features_callback c WHERE c.phone_id = p.id)
         OR EXISTS (SELECT 1 FROM features_unansweredcall u WHERE u.phone_id = p.id) AS calls,
         EXISTS (SELECT 1 FROM phones_line l WHERE l.profile_id = p.current_profile_id
                 AND l.is_intercom AND l.default_phone_id IS NULL AND NOT l.stays_without_device) AS intercom
  FROM phones_phone p WHERE p.id IN ({marks})) x
WHERE calls OR intercom ORDER BY id
"""
_RING = """
UPDATE features_callback SET ringing_until = %s
WHERE id = %s AND (ringing_until IS NULL OR ringing_until < %s)
"""
_WAIT_UNTIL = "UPDATE features_callback SET ringing_until = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Due:
    """A call back whose number may be free: ``device`` is to be called first, on ``line``, then it calls ``number``."""

    id: int
    device: str
    line: str
    number: str
    number_id: int


@dataclass(frozen=True, slots=True)
class HasNumber:
    """A phone that has a number right now; ``name`` is what it shows of whoever that is."""

    device: str
    do_not_disturb: bool
    name: str


@dataclass(frozen=True, slots=True)
class Concerned:
    """What of a phone a log-in or log-out changes."""

    phone_id: int
    has_call_backs: bool
    has_intercom_without_device: bool


def concerned_by_sessions(phone_ids: list[int]) -> list[Concerned]:
    """Of these phones, those with call backs, a call that one can be asked for, or intercom lines without a device."""
    rows = sql.rows(_CONCERNED.format(marks=sql.marks(len(phone_ids))), phone_ids) if phone_ids else []
    return [Concerned(phone_id, bool(calls), bool(intercom)) for phone_id, calls, intercom in rows]


def note_unanswered(device: str, line: str, number_id: int, waits_for: str, now: datetime) -> None:
    """Remember the last call of a phone that nobody answered."""
    sql.run(_NOTE_UNANSWERED, [line, number_id, waits_for, sql.bound(now), device.lower(), number_id])


def used(device: str) -> None:
    """A phone was used: whoever did not answer on its numbers is at hand again."""
    sql.run(_USED, [device.lower()])


def due(now: datetime, most: int) -> list[Due]:
    """The call backs that ring as soon as their number is free, longest waiting first."""
    return [Due(*row) for row in sql.rows(_DUE, [sql.bound(now), sql.bound(now), most])]


def devices_with(number_id: int) -> list[HasNumber]:
    """The phones that have a number right now."""
    return [HasNumber(name, bool(dnd), shown or "") for name, dnd, shown in sql.rows(_DEVICES, [number_id])]


def ring(call_back_id: int, until: datetime, now: datetime) -> bool:
    """Claim a call back for ringing; False when it is gone, or another node has."""
    return sql.run(_RING, [sql.bound(until), call_back_id, sql.bound(now)]) > 0


def wait_until(call_back_id: int, moment: datetime) -> None:
    """Let a call back that rang in vain ring again, but not before a moment."""
    sql.run(_WAIT_UNTIL, [sql.bound(moment), call_back_id])
