"""Every statement of the headset machine, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from roamline.platform import sql

REMEMBERED_REPORTS = 500

_MAKE_MACHINE = """
INSERT INTO headsets_phonemachine
  (uuid, phone_id, version, state, screen_number, waiting_for, follows_sessions, new_headsets)
VALUES (%s, %s, 0, '{}', 0, '', %s, 0) ON CONFLICT (phone_id) DO NOTHING
"""
_LOCK_MACHINE = """
UPDATE headsets_phonemachine SET version = version + 1 WHERE phone_id = %s
RETURNING id, uuid, state, screen_number
"""
_LOCK_MACHINES = """
UPDATE headsets_phonemachine SET version = version + 1
WHERE id IN (SELECT id FROM headsets_phonemachine WHERE phone_id IN ({marks}) {skip})
RETURNING id, uuid, state, screen_number, phone_id
"""
_LOOK_AT_MACHINE = """
SELECT s.id, s.uuid, s.state, s.screen_number FROM headsets_phonemachine s WHERE s.phone_id = %s
"""
_SAVE_MACHINE = """
UPDATE headsets_phonemachine SET state = %s, screen_number = %s, waiting_for = %s, follows_sessions = %s WHERE id = %s
"""

_VERSIONS = """
SELECT p.name, s.version FROM headsets_phonemachine s JOIN phones_phone p ON p.id = s.phone_id
WHERE p.name IN ({marks})
"""
_FOLLOW = "SELECT phone_id FROM headsets_phonemachine WHERE phone_id IN ({marks}) AND follows_sessions"
_WAITING_FOR = "SELECT phone_id FROM headsets_phonemachine WHERE waiting_for = %s AND phone_id <> %s ORDER BY phone_id"

_NOTE_REPORT = """
INSERT INTO headsets_seenreport (machine_id, report_id) VALUES (%s, %s) ON CONFLICT (machine_id, report_id) DO NOTHING
"""
_HAS_REPORT = """
SELECT 1 FROM headsets_seenreport r JOIN headsets_phonemachine s ON s.id = r.machine_id
WHERE s.phone_id = %s AND r.report_id = %s
"""
_FORGET_REPORTS = """
DELETE FROM headsets_seenreport WHERE machine_id = %s AND id <= (
  SELECT MIN(id) FROM (SELECT id FROM headsets_seenreport WHERE machine_id = %s ORDER BY id DESC LIMIT 1 OFFSET %s) x)
"""

_EM_SERVICE = "sv.enabled AND sv.url LIKE '%%/emapp/EMAppServlet%%'"
_PHONE = f"""
SELECT p.id, p.name, p.em_enabled, p.protected, p.firmware, p.pinless_allowed,
       m.name, m.is_software, m.capabilities, r.qualifies, r.minimum_firmware,
       o.user_id, s.uuid, su.user_id,
       COALESCE(NULLIF(cur.user_locale, ''), NULLIF(su.user_locale, ''), own.user_locale),
       EXISTS (SELECT 1 FROM phones_deviceprofile_services ds JOIN phones_phoneservice sv ON sv.id = ds.phoneservice_id
               WHERE ds.deviceprofile_id = p.own_profile_id AND {_EM_SERVICE})
       OR EXISTS (SELECT 1 FROM phones_phoneservice sv WHERE sv.enterprise_subscription AND {_EM_SERVICE}),
       p.visitor
FROM phones_phone p
JOIN phones_phonemodel m ON m.id = p.model_id
JOIN phones_deviceprofile cur ON cur.id = p.current_profile_id
JOIN phones_deviceprofile own ON own.id = p.own_profile_id
LEFT JOIN headsets_modelrequirement r ON r.phone_model_id = m.id
LEFT JOIN directory_phoneowner po ON po.phone_id = p.id
LEFT JOIN directory_account o ON o.id = po.account_id
LEFT JOIN mobility_loginsession s ON s.phone_id = p.id AND s.ended_at IS NULL
LEFT JOIN directory_account su ON su.id = s.account_id
WHERE {{key}}
"""  # noqa: S608 - a constant of this module
_PHONE_BY_ID = _PHONE.format(key="p.id = %s")
_PHONES_BY_ID = _PHONE.format(key="p.id IN ({marks})")
_PHONE_BY_NAME = _PHONE.format(key="p.folded_name = %s")

_HEADSETS = """
SELECT h.id, h.serial, h.folded_serial, h.source, a.user_id, a.home_cluster, a.locked_until, a.pin_must_change,
       EXISTS (SELECT 1 FROM headsets_skip k WHERE k.headset_id = h.id AND k.phone_id = %s),
       EXISTS (SELECT 1 FROM directory_controlledprofile cp WHERE cp.account_id = a.id),
       EXISTS (SELECT 1 FROM mobility_loginsession s
               WHERE s.account_id = a.id AND s.ended_at IS NULL AND s.phone_id <> %s)
FROM headsets_headset h
LEFT JOIN headsets_association n ON n.headset_id = h.id
LEFT JOIN directory_account a ON a.id = n.account_id AND a.is_active
WHERE h.folded_serial IN ({marks})
"""

_ASSOCIATED_USERS = """
SELECT a.user_id FROM directory_associatedphone ap JOIN directory_account a ON a.id = ap.account_id
WHERE ap.phone_id = %s LIMIT 2
"""

_SEE_HEADSET = """
INSERT INTO headsets_headset (uuid, revision, serial, folded_serial, model, vendor, firmware, connection, template,
  source, first_seen, last_seen, last_phone_id, connected)
VALUES (%s, 0, %s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s, %s)
ON CONFLICT (folded_serial) DO UPDATE SET
  model = CASE WHEN excluded.model <> '' THEN excluded.model ELSE headsets_headset.model END,
  vendor = CASE WHEN excluded.vendor <> '' THEN excluded.vendor ELSE headsets_headset.vendor END,
  firmware = CASE WHEN excluded.firmware <> '' THEN excluded.firmware ELSE headsets_headset.firmware END,
  connection = CASE WHEN excluded.connection <> 'unknown' THEN excluded.connection
                    ELSE headsets_headset.connection END,
  source = excluded.source, first_seen = COALESCE(headsets_headset.first_seen, excluded.first_seen),
  last_seen = excluded.last_seen, last_phone_id = excluded.last_phone_id, connected = excluded.connected
"""
_WHERE_CONNECTED = """
SELECT p.name FROM headsets_headset h JOIN phones_phone p ON p.id = h.last_phone_id
WHERE h.folded_serial = %s AND h.connected AND h.last_phone_id <> %s
"""
_LOSE_HEADSET = """
UPDATE headsets_headset SET connected = %s, last_seen = %s
WHERE folded_serial = %s AND last_phone_id = %s AND connected
"""

_KNOWN = "SELECT folded_serial FROM headsets_headset WHERE folded_serial IN ({marks})"
_COUNT_NEW = """
UPDATE headsets_phonemachine SET new_headsets_on = %s,
  new_headsets = CASE WHEN new_headsets_on = %s THEN new_headsets + 1 ELSE 1 END
WHERE id = %s RETURNING new_headsets
"""

_SKIP = """
INSERT INTO headsets_skip (phone_id, headset_id, at) SELECT %s, id, %s FROM headsets_headset WHERE folded_serial = %s
ON CONFLICT (phone_id, headset_id) DO NOTHING
"""
_NOTE_SIGN_IN = """
INSERT INTO headsets_signin (session_id, headset_id, pinless, source)
SELECT s.id, h.id, %s, h.source FROM mobility_loginsession s, headsets_headset h
WHERE s.uuid = %s AND h.folded_serial = %s
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A phone's machine: as stored, and locked until the transaction ends where it was locked."""

    id: int
    uuid: UUID
    state: dict[str, Any]
    screen_number: int


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """What the machine's world says of a phone."""

    id: int
    name: str
    em_enabled: bool
    protected: bool
    firmware: str
    pinless_allowed: bool
    model: str
    is_software: bool
    capabilities: tuple[str, ...]
    qualifies: bool | None
    minimum_firmware: str
    owner: str | None
    session: str | None
    session_user: str | None
    locale: str
    em_subscribed: bool
    has_visitor: bool = False


@dataclass(frozen=True, slots=True)
class HeadsetRow:
    """What the machine's world says of a headset and its owner."""

    id: int
    serial: str
    folded_serial: str
    source: str
    owner: str | None
    owner_is_at_home: bool
    locked_until: datetime | None
    pin_must_change: bool
    skipped: bool
    owner_has_profile: bool
    owner_is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A headset as a device reports it, with its texts cut to their columns."""

    serial: str
    folded: str
    model: str = ""
    vendor: str = ""
    firmware: str = ""
    connection: str = "unknown"
    source: str = "usb"


def lock_machine(phone_id: int) -> Machine | None:
    """Lock a phone's machine until the transaction ends, making it when it is new; None when the phone is gone."""
    row = sql.row(_LOCK_MACHINE, [phone_id])
    if row is None:
        sql.run(_MAKE_MACHINE, [uuid4().hex, phone_id, False])
        row = sql.row(_LOCK_MACHINE, [phone_id])
    return _machine(row)


def lock_machines(phone_ids: list[int]) -> dict[int, Machine]:
    """Lock the machines of phones, by phone id, but for those that somebody else has locked: nobody is waited for."""
    skip = "FOR NO KEY UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    statement = _LOCK_MACHINES.format(marks=sql.marks(len(phone_ids)), skip=skip)
    found = {row[-1]: _machine(row[:-1]) for row in sql.rows(statement, phone_ids)} if phone_ids else {}
    return {phone_id: machine for phone_id, machine in found.items() if machine is not None}


def look_at_machine(phone_id: int) -> Machine | None:
    """A phone's machine as committed, unlocked; None when nothing ever happened to it."""
    return _machine(sql.row(_LOOK_AT_MACHINE, [phone_id]))


def _machine(row: sql.Row | None) -> Machine | None:
    if row is None:
        return None
    id_, uuid, state, number = row
    loaded = json.loads(state) if isinstance(state, str) else state
    return Machine(id_, uuid if isinstance(uuid, UUID) else UUID(uuid), loaded, number)


def save_machines(changed: Iterable[tuple[Machine, dict[str, Any], int, str, bool]]) -> None:
    """Store what machines remember now.

    Each: machine, state, number of its screen, who is waited for, and whether it follows its phone's sessions.
    """
    sql.run_many(
        _SAVE_MACHINE,
        [
            [json.dumps(state), number, waiting, follows, machine.id]
            for machine, state, number, waiting, follows in changed
        ],
    )


def following_sessions(phone_ids: list[int]) -> list[int]:
    """The phones to whose machines a log-in or log-out matters at once: a headset is there, or a screen."""
    rows = sql.rows(_FOLLOW.format(marks=sql.marks(len(phone_ids))), phone_ids) if phone_ids else []
    return [phone_id for (phone_id,) in rows]


def versions_of(devices: list[str]) -> dict[str, int]:
    """The versions of the machines of phones, by device name; those without one are missing."""
    return dict(sql.rows(_VERSIONS.format(marks=sql.marks(len(devices))), devices)) if devices else {}


def phones_waiting_for(user_id: str, other_than: int) -> list[int]:
    """The phones where a session waits for this user's headset to come back."""
    return [phone for (phone,) in sql.rows(_WAITING_FOR, [user_id, other_than])]


def is_new_report(machine: Machine, report_id: str) -> bool:
    """Note a report; False when one with its id was taken before. The newest few hundred are remembered."""
    if not report_id:
        return True
    if not sql.run(_NOTE_REPORT, [machine.id, report_id]):
        return False
    sql.run(_FORGET_REPORTS, [machine.id, machine.id, REMEMBERED_REPORTS])
    return True


def has_report(phone_id: int, report_id: str) -> bool:
    """Whether a report of a phone was taken before."""
    return bool(report_id) and sql.row(_HAS_REPORT, [phone_id, report_id]) is not None


def phone_by_id(phone_id: int) -> PhoneRow | None:
    """A phone by its row id."""
    return _phone(sql.row(_PHONE_BY_ID, [phone_id]))


def phones_by_id(phone_ids: list[int]) -> dict[int, PhoneRow]:
    """Phones by their row ids; those gone are missing."""
    rows = sql.rows(_PHONES_BY_ID.format(marks=sql.marks(len(phone_ids))), phone_ids) if phone_ids else []
    return {row[0]: phone for row in rows if (phone := _phone(row)) is not None}


def phone_by_name(device: str) -> PhoneRow | None:
    """A phone by its name, ignoring case."""
    return _phone(sql.row(_PHONE_BY_NAME, [device.lower()]))


def _phone(row: sql.Row | None) -> PhoneRow | None:
    if row is None:
        return None
    (id_, name, enabled, protected, firmware, pinless, model, software, capabilities, qualifies, minimum,
     owner, session, user, locale, subscribed, visitor) = row  # fmt: skip
    listed = json.loads(capabilities) if isinstance(capabilities, str) else capabilities
    uuid = None if session is None else str(session if isinstance(session, UUID) else UUID(session))
    return PhoneRow(
        id_, name, bool(enabled), bool(protected), firmware, bool(pinless), model, bool(software), tuple(listed),
        None if qualifies is None else bool(qualifies), minimum or "", owner, uuid, user, locale or "",
        bool(subscribed), bool(visitor),
    )  # fmt: skip


def headsets_on(phone_id: int, folded_serials: list[str]) -> dict[str, HeadsetRow]:
    """What is known of headsets on a phone, by folded serial number; unknown ones are missing."""
    if not folded_serials:
        return {}
    statement = _HEADSETS.format(marks=sql.marks(len(folded_serials)))
    found: dict[str, HeadsetRow] = {}
    for id_, serial, folded, source, owner, home, locked, must, skipped, profile, elsewhere in sql.rows(
        statement, [phone_id, phone_id, *folded_serials]
    ):
        found[folded] = HeadsetRow(
            id_, serial, folded, source, owner, bool(home), sql.time_of(locked), bool(must), bool(skipped),
            bool(profile), bool(elsewhere),
        )  # fmt: skip
    return found


def associated_users(phone_id: int) -> list[str]:
    """The users associated with a phone: none, one, or the first two."""
    return [user for (user,) in sql.rows(_ASSOCIATED_USERS, [phone_id])]


def see_headset(seen: Seen, phone_id: int, now: datetime) -> str | None:
    """Note in the inventory that a headset is connected; the other phone where it is said to be as well, or None."""
    elsewhere = sql.row(_WHERE_CONNECTED, [seen.folded, phone_id])
    at = sql.bound(now)
    sql.run(
        _SEE_HEADSET,
        [uuid4().hex, seen.serial, seen.folded, seen.model, seen.vendor, seen.firmware, seen.connection, seen.source,
         at, at, phone_id, True],
    )  # fmt: skip
    return elsewhere[0] if elsewhere else None


def known_of(folded_serials: list[str]) -> set[str]:
    """Those of some headsets that are in the inventory."""
    statement = _KNOWN.format(marks=sql.marks(len(folded_serials)))
    return {serial for (serial,) in sql.rows(statement, folded_serials)} if folded_serials else set()


def count_new_headset(machine: Machine, now: datetime) -> int:
    """Count one more headset that a phone brought and nobody knew; how many that makes this day (UTC)."""
    day = now.astimezone(UTC).date()
    as_bound = day if sql.is_postgresql() else day.isoformat()
    row = sql.row(_COUNT_NEW, [as_bound, as_bound, machine.id])
    return int(row[0]) if row else 1


def lose_headset(folded: str, phone_id: int, now: datetime) -> None:
    """Note in the inventory that a headset is no longer connected to this phone."""
    sql.run(_LOSE_HEADSET, [False, sql.bound(now), folded, phone_id])


def remember_skip(phone_id: int, folded: str, now: datetime) -> None:
    """Never again ask on this phone whose headset this is."""
    sql.run(_SKIP, [phone_id, sql.bound(now), folded])


def note_sign_in(session: UUID, folded: str, pinless: bool) -> None:
    """Note by which headset a session began."""
    sql.run(_NOTE_SIGN_IN, [pinless, session.hex, folded])
