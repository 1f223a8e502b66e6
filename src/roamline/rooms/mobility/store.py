"""Every statement of a log-in and a log-out, the same on SQLite and PostgreSQL.

Rows are locked by ``UPDATE … RETURNING``, accounts before phones and both in id order: so two log-ins of one user, or
on one phone, wait for each other and never deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from roamline.platform import sql
from roamline.rooms.mobility.rules.log_in import PhoneFacts, ProfileFacts

_PHONE = """
SELECT p.id, p.name, p.em_enabled, p.protected, m.name,
       COALESCE(NULLIF(cur.user_locale, ''), NULLIF(a.user_locale, ''), own.user_locale), pool.name,
       COALESCE(a.user_id, NULLIF(p.visitor, '')), cur.expansion_module || ' ' || cur.expansion_modules,
       COALESCE(NULLIF(p.ip_addressing_mode, ''), pool.ip_addressing_mode), p.visitor
FROM phones_phone p
JOIN phones_phonemodel m ON m.id = p.model_id
JOIN phones_deviceprofile cur ON cur.id = p.current_profile_id
JOIN phones_deviceprofile own ON own.id = p.own_profile_id
LEFT JOIN mobility_loginsession s ON s.phone_id = p.id AND s.ended_at IS NULL
LEFT JOIN directory_account a ON a.id = s.account_id
JOIN phones_devicepool pool ON pool.id = p.device_pool_id
WHERE {key} = %s
"""
_PHONE_BY_NAME = _PHONE.format(key="p.folded_name")
_PHONE_BY_ID = _PHONE.format(key="p.id")

_LOCK_PHONE = """
UPDATE phones_phone SET configuration_version = configuration_version + 1 WHERE id = %s
RETURNING name, configuration_version, ha1, previous_ha1, previous_until, own_profile_id, logout_profile_id
"""

_LOCK_PHONES = """
UPDATE phones_phone SET configuration_version = configuration_version + 1 WHERE id IN ({ids})
RETURNING id, name, configuration_version, ha1, previous_ha1, previous_until, own_profile_id, logout_profile_id
"""

_PROFILES = """
SELECT pr.id, pr.name, m.name, pr.user_locale, cp.is_default, pr.expansion_module || ' ' || pr.expansion_modules
FROM directory_controlledprofile cp
JOIN phones_deviceprofile pr ON pr.id = cp.profile_id
JOIN phones_phonemodel m ON m.id = pr.model_id
WHERE cp.account_id = %s ORDER BY cp.position, cp.id
"""

_SESSION = """
SELECT s.id, s.uuid, s.account_id, a.user_id, s.phone_id, p.name, s.started_at, s.expires_at,
       COALESCE(NULLIF(pr.user_locale, ''), a.user_locale), s.ending_since, s.ending_way, s.ending_actor, s.way,
       pr.expansion_module || ' ' || pr.expansion_modules, s.profile_id
FROM mobility_loginsession s
JOIN directory_account a ON a.id = s.account_id
JOIN phones_phone p ON p.id = s.phone_id
JOIN phones_deviceprofile pr ON pr.id = s.profile_id
WHERE s.ended_at IS NULL AND {key} ORDER BY s.phone_id
"""
_SESSIONS_ON_PHONES = "s.phone_id IN ({marks})"
_SESSIONS_BY_UUID = "s.uuid IN ({marks})"
_SESSION_ON_PHONE = _SESSION.format(key="s.phone_id = %s")
_SESSIONS_OF_USER = _SESSION.format(key="s.account_id = %s")
_SESSION_BY_UUID = _SESSION.format(key="s.uuid = %s")

_OPEN_SESSION = """
INSERT INTO mobility_loginsession
  (uuid, revision, phone_id, account_id, profile_id, started_at, way, source, expires_at, restart_kind,
   confirmation, ending_way, ending_actor, ended_way, ended_reason)
VALUES (%s, 0, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', '', '', '', '')
"""

_MARK_ENDING = """
UPDATE mobility_loginsession SET ending_since = %s, ending_way = %s, ending_actor = %s
WHERE id = %s AND ended_at IS NULL AND ending_since IS NULL
"""

_MARK_ALL_ENDING = """
UPDATE mobility_loginsession SET ending_since = %s, ending_way = %s, ending_actor = %s
WHERE id IN (SELECT id FROM mobility_loginsession
             WHERE id IN ({marks}) AND ended_at IS NULL AND ending_since IS NULL ORDER BY id {skip})
RETURNING id
"""

_ENDING_ON = """
SELECT s.uuid FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id
WHERE s.ended_at IS NULL AND s.ending_since IS NOT NULL AND p.folded_name = %s
"""

_END_SESSION = """
UPDATE mobility_loginsession SET ended_at = %s, ended_way = %s, ended_reason = %s WHERE id = %s AND ended_at IS NULL
"""

_RUN_PROFILE = """
UPDATE phones_phone SET current_profile_id = %s, ha1 = %s, previous_ha1 = %s, previous_until = %s WHERE id = %s
"""

_CLEAR_HISTORY = "UPDATE phones_phone SET history_version = %s WHERE id = %s"

_PROFILE_SHAPES = """
SELECT id, user_locale, expansion_module || ' ' || expansion_modules FROM phones_deviceprofile WHERE id IN ({marks})
"""

_CONFIRM_PHONE = """
UPDATE phones_phone SET previous_until = 0, previous_ha1 = ''
WHERE name = %s AND configuration_version = %s AND previous_until <> 0
RETURNING id
"""
# A phone on which somebody of another cluster is logged in registers there, so nothing is waited for here.
_IS_UNCONFIRMED = """
SELECT 1 FROM phones_phone WHERE name = %s AND configuration_version = %s AND previous_until <> 0 AND visitor = ''
"""

_CONFIRM_SESSION = """
UPDATE mobility_loginsession SET confirmation = 'confirmed', confirmed_at = %s
WHERE phone_id = %s AND ended_at IS NULL AND confirmation <> 'confirmed'
"""

_USERS_ON = """
SELECT p.folded_name, p.name, CASE WHEN p.visitor <> '' OR m.is_emcc_base THEN 1 ELSE 0 END, NULLIF(p.visitor, ''),
  (SELECT a.user_id FROM mobility_loginsession s JOIN directory_account a ON a.id = s.account_id
   WHERE s.phone_id = p.id AND s.ended_at IS NULL),
  (SELECT a.user_id FROM mobility_loginsession s JOIN directory_account a ON a.id = s.account_id
   WHERE s.phone_id = p.id AND s.ended_at IS NOT NULL ORDER BY s.id DESC LIMIT 1)
FROM phones_phone p JOIN phones_phonemodel m ON m.id = p.model_id WHERE p.folded_name IN ({marks})
"""

_DEVICES_OF = """
SELECT a.user_id, p.name FROM directory_account a
LEFT JOIN mobility_loginsession s ON s.account_id = a.id AND s.ended_at IS NULL
LEFT JOIN phones_phone p ON p.id = s.phone_id
WHERE a.kind = 'end' AND a.user_id IN ({marks}) ORDER BY s.id
"""

_PROFILES_OF = """
SELECT a.user_id, pr.name, cp.is_default FROM directory_account a
LEFT JOIN directory_controlledprofile cp ON cp.account_id = a.id
LEFT JOIN phones_deviceprofile pr ON pr.id = cp.profile_id
WHERE a.kind = 'end' AND a.user_id IN ({marks}) ORDER BY cp.position, cp.id
"""

_OPEN_PHONES = """
SELECT p.name FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id
WHERE s.ended_at IS NULL ORDER BY s.id
"""
_VISITED_PHONES = "SELECT name FROM phones_phone WHERE visitor > '' ORDER BY id"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A login session that has not ended."""

    id: int
    uuid: UUID
    account_id: int
    user_id: str
    phone_id: int
    device: str
    started_at: datetime
    expires_at: datetime | None
    locale: str
    ending_since: datetime | None
    ending_way: str
    ending_actor: str
    way: str
    profile_id: int
    modules: str = ""


@dataclass(frozen=True, slots=True)
class LockedPhone:
    """A phone's row, locked until the transaction ends, at its new configuration version."""

    id: int
    name: str
    version: int
    ha1: str
    previous_ha1: str
    previous_until: int
    own_profile_id: int
    logout_profile_id: int | None

    def __repr__(self) -> str:
        return f"LockedPhone({self.name} v{self.version})"


@dataclass(frozen=True, slots=True)
class DeviceUser:
    """Who is on a device, and who was last."""

    device: str
    user_id: str | None
    last_user_id: str | None
    is_emcc: bool = False


def phone_by_name(device: str) -> PhoneFacts | None:
    """A phone by its name, ignoring case."""
    return _phone(sql.row(_PHONE_BY_NAME, [device.lower()]))


def phone_by_id(phone_id: int) -> PhoneFacts | None:
    """A phone by its row id."""
    return _phone(sql.row(_PHONE_BY_ID, [phone_id]))


def _phone(row: sql.Row | None) -> PhoneFacts | None:
    if row is None:
        return None
    id_, name, enabled, protected, model, locale, pool, taken_by, modules, mode, visitor = row
    return PhoneFacts(
        id_, name, bool(enabled), bool(protected), model, locale, pool, taken_by, modules, mode, bool(visitor)
    )


def lock_phone(phone_id: int) -> LockedPhone | None:
    """Lock a phone and move it to its next configuration version; None when it is gone."""
    row = sql.row(_LOCK_PHONE, [phone_id])
    return LockedPhone(phone_id, *row) if row else None


def lock_phones(phone_ids: list[int]) -> dict[int, LockedPhone]:
    """Lock phones in the order of their ids and move each to its next configuration version; those gone are missing."""
    ids = sql.ids_locked_in_order("phones_phone", len(phone_ids))
    rows = sql.rows(_LOCK_PHONES.format(ids=ids), phone_ids) if phone_ids else []
    return {row[0]: LockedPhone(*row) for row in rows}


def profiles_of(account_id: int) -> tuple[ProfileFacts, ...]:
    """The profiles that a user controls, in order."""
    return tuple(
        ProfileFacts(id_, name, model, locale, bool(default), modules)
        for id_, name, model, locale, default, modules in sql.rows(_PROFILES, [account_id])
    )


def session_on_phone(phone_id: int) -> OpenSession | None:
    """The open session of a phone."""
    return next(iter(_sessions(sql.rows(_SESSION_ON_PHONE, [phone_id]))), None)


def sessions_of_user(account_id: int) -> list[OpenSession]:
    """The open sessions of a user, in the order of their phones' ids."""
    return _sessions(sql.rows(_SESSIONS_OF_USER, [account_id]))


def session_by_uuid(uuid: UUID) -> OpenSession | None:
    """An open session by its uuid."""
    return next(iter(_sessions(sql.rows(_SESSION_BY_UUID, [uuid.hex]))), None)


def sessions_on_phones(phone_ids: list[int]) -> list[OpenSession]:
    """The open sessions of phones."""
    return _sessions_where(_SESSIONS_ON_PHONES, phone_ids)


def sessions_by_uuid(uuids: list[UUID]) -> list[OpenSession]:
    """Those of some sessions that are open."""
    return _sessions_where(_SESSIONS_BY_UUID, [uuid.hex for uuid in uuids])


def _sessions_where(key: str, values: Sequence[object]) -> list[OpenSession]:
    statement = _SESSION.format(key=key.format(marks=sql.marks(len(values))))
    return _sessions(sql.rows(statement, values)) if values else []


def _sessions(rows: list[sql.Row]) -> list[OpenSession]:
    return [
        OpenSession(
            id_, uuid if isinstance(uuid, UUID) else UUID(uuid), account, user, phone, device,
            cast("datetime", sql.time_of(started)), sql.time_of(expires), locale, sql.time_of(since), ending_way,
            actor, way, profile, modules,
        )
        for (id_, uuid, account, user, phone, device, started, expires, locale, since, ending_way, actor, way, modules,
             profile) in rows
    ]  # fmt: skip


def open_session(
    *, phone_id: int, account_id: int, profile_id: int, now: datetime, way: str, source: str,
    expires_at: datetime | None, restart_kind: str,
) -> UUID:  # fmt: skip
    """Insert a session; its uuid."""
    uuid = uuid4()
    values = [uuid.hex, phone_id, account_id, profile_id, sql.bound(now), way, source[:64],
              sql.bound(expires_at), restart_kind]  # fmt: skip
    sql.run(_OPEN_SESSION, values)
    return uuid


def mark_ending(session_id: int, now: datetime, way: str, actor: str) -> bool:
    """Note that a session ends as soon as its phone is idle; False when that was noted before, or it has ended."""
    return sql.run(_MARK_ENDING, [sql.bound(now), way, actor[:128], session_id]) > 0


def mark_all_ending(session_ids: list[int], now: datetime, way: str, actor: str) -> set[int]:
    """As :func:`mark_ending`; those noted just now. What somebody else is changing is not waited for."""
    skip = "FOR NO KEY UPDATE SKIP LOCKED" if sql.is_postgresql() else ""
    statement = _MARK_ALL_ENDING.format(marks=sql.marks(len(session_ids)), skip=skip)
    values = [sql.bound(now), way, actor[:128], *session_ids]
    return {id_ for (id_,) in sql.rows(statement, values)} if session_ids else set()


def session_ending_on(device: str) -> UUID | None:
    """The session of a phone that waits for its call to end."""
    row = sql.row(_ENDING_ON, [device.lower()])
    return None if row is None else row[0] if isinstance(row[0], UUID) else UUID(row[0])


def end_sessions(sessions: Iterable[tuple[int, str]], now: datetime) -> None:
    """End sessions, each (id, way); one that had ended stays as it is."""
    sql.run_many(_END_SESSION, [[sql.bound(now), way, "", session_id] for session_id, way in sessions])


def run_profiles(runs: Iterable[tuple[LockedPhone, int, str, str, int]]) -> None:
    """Make locked phones run profiles with new secrets, keeping the previous ones for a while.

    Each: phone, profile, HA1, previous HA1, and until when that is good (Unix seconds).
    """
    values = [[profile_id, ha1, previous, until, phone.id] for phone, profile_id, ha1, previous, until in runs]
    sql.run_many(_RUN_PROFILE, values)


def clear_histories(phones: Iterable[LockedPhone]) -> None:
    """Note that calls from before locked phones' new versions are no longer shown."""
    sql.run_many(_CLEAR_HISTORY, [[phone.version, phone.id] for phone in phones])


def shapes_when_logged_out(phones: Iterable[LockedPhone]) -> dict[int, tuple[str, str]]:
    """Locale and expansion modules of each phone when nobody is logged in; both may be empty.

    The locale is its logout profile's, else its own.
    """
    profiles = {phone.id: (phone.logout_profile_id or phone.own_profile_id, phone.own_profile_id) for phone in phones}
    wanted = sorted({profile for pair in profiles.values() for profile in pair})
    rows = sql.rows(_PROFILE_SHAPES.format(marks=sql.marks(len(wanted))), wanted) if wanted else []
    locales, modules = {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
    return {
        phone_id: (locales.get(run) or locales.get(own, ""), modules.get(run, ""))
        for phone_id, (run, own) in profiles.items()
    }


def is_unconfirmed(device: str, version: int) -> bool:
    """Whether a phone has not yet registered with the secret of this version, its newest."""
    return sql.row(_IS_UNCONFIRMED, [device, version]) is not None


def confirm(device: str, version: int, now: datetime) -> bool:
    """Note that a phone registered with its newest secret; False when it was confirmed or a newer one exists."""
    row = sql.row(_CONFIRM_PHONE, [device, version])
    if row is None:
        return False
    sql.run(_CONFIRM_SESSION, [sql.bound(now), row[0]])
    return True


def users_on(devices: list[str]) -> dict[str, DeviceUser]:
    """Who is and was on devices, by folded device name; unknown devices are missing."""
    folded = [device.lower() for device in devices]
    if not folded:
        return {}
    found = sql.rows(_USERS_ON.format(marks=sql.marks(len(folded))), folded)
    return {
        key: DeviceUser(name, visitor or user, last, bool(is_emcc)) for key, name, is_emcc, visitor, user, last in found
    }


def devices_of(user_ids: list[str]) -> dict[str, tuple[str, ...]]:
    """The devices that users are logged in on; unknown users are missing."""
    found: dict[str, list[str]] = {}
    for user_id, device in sql.rows(_DEVICES_OF.format(marks=sql.marks(len(user_ids))), user_ids):
        found.setdefault(user_id, []).extend([device] if device else [])
    return {user_id: tuple(devices) for user_id, devices in found.items()}


def profiles_of_users(user_ids: list[str]) -> dict[str, tuple[tuple[str, bool], ...]]:
    """The profiles that users control, each with whether it is the default; unknown users are missing."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for user_id, profile, default in sql.rows(_PROFILES_OF.format(marks=sql.marks(len(user_ids))), user_ids):
        found.setdefault(user_id, []).extend([(profile, bool(default))] if profile else [])
    return {user_id: tuple(profiles) for user_id, profiles in found.items()}


def taken_phones() -> list[str]:
    """The names of all phones somebody is logged in on, the longest logged in first."""
    return [name for (name,) in (*sql.rows(_OPEN_PHONES), *sql.rows(_VISITED_PHONES))]
