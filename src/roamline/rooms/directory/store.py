"""Every statement about accounts that a log-in needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from roamline.platform import sql
from roamline.rooms.directory.rules.credentials import DEFAULT_POLICY, CredentialPolicy

# The user's own maximum login time counts while the user profile allows one.
_OWN_MINUTES = """
(SELECT {a}own_login_minutes FROM directory_userprofile u WHERE u.id = {a}user_profile_id AND u.allow_own_login_time)
"""
_KNOWN = """
{a}id, {a}uuid, {a}user_id, {a}kind, {a}is_active, {a}password, {a}pin_verifier, {a}pin_must_change,
{a}failed_attempts, {a}locked_until, {a}user_locale, {a}pin_changed_at, {a}password_must_change, {a}home_cluster
"""
_COLUMNS = f"SELECT {_KNOWN.format(a='a.')}, {_OWN_MINUTES.format(a='a.')} FROM directory_account a "  # noqa: S608 - constants
_BY_USER_ID = _COLUMNS + "WHERE a.user_id = %s"
_BY_SELF_SERVICE_ID = _COLUMNS + "WHERE a.self_service_id = %s"
_BY_PRIMARY_EXTENSION = (
    _COLUMNS + "JOIN dialplan_directorynumber n ON n.id = a.primary_extension_id WHERE n.pattern = %s LIMIT 2"
)
_BY_ID = _COLUMNS + "WHERE a.id = %s"

_COUNT_FAILURE = "UPDATE directory_account SET failed_attempts = %s, locked_until = %s WHERE id = %s"

_LOCK = "UPDATE directory_account SET lock_version = lock_version + 1 WHERE id = %s RETURNING failed_attempts"
_LOCK_ALL = "UPDATE directory_account SET lock_version = lock_version + 1 WHERE id IN ({ids})"

_LOCK_AND_LOOK = f"""
UPDATE directory_account SET lock_version = lock_version + 1 WHERE id = %s
RETURNING {_KNOWN.format(a="")}, {_OWN_MINUTES.format(a="directory_account.")}
"""  # noqa: S608 - constants

_POLICY = """
SELECT minimum_length, refuse_trivial, history, expires_after_days, lock_after, lock_minutes, must_change_after_reset
FROM directory_credentialpolicy ORDER BY id LIMIT 1
"""

_HELD_BACK = "SELECT held_back_until FROM directory_guessingsource WHERE source = %s"

_COUNT_SOURCE = """
INSERT INTO directory_guessingsource (source, failures, last_failure_at) VALUES (%s, 1, %s)
ON CONFLICT (source) DO UPDATE SET
  failures = CASE WHEN directory_guessingsource.last_failure_at < %s THEN 1
             ELSE directory_guessingsource.failures + 1 END,
  last_failure_at = excluded.last_failure_at
RETURNING failures
"""
_HOLD_BACK = "UPDATE directory_guessingsource SET held_back_until = %s WHERE source = %s"
PASSWORDS_FROM = "password/"
"""What stands before an address in the count of its wrong passwords."""
_RELEASE = "DELETE FROM directory_guessingsource WHERE source IN (%s, %s)"
_FORGET = "DELETE FROM directory_guessingsource WHERE last_failure_at < %s"

_PINS = "SELECT verifier FROM directory_pinhistory WHERE account_id = %s ORDER BY id DESC LIMIT %s"
_ADD_PIN = "INSERT INTO directory_pinhistory (account_id, verifier, set_at) VALUES (%s, %s, %s)"
_DROP_PINS = """
DELETE FROM directory_pinhistory WHERE account_id = %s AND id NOT IN
  (SELECT id FROM directory_pinhistory WHERE account_id = %s ORDER BY id DESC LIMIT %s)
"""
_SET_PIN = """
UPDATE directory_account SET pin_verifier = %s, pin_changed_at = %s, pin_must_change = %s,
  failed_attempts = 0, locked_until = NULL
WHERE id = %s
"""
_EXTENSION = """
SELECT n.pattern FROM directory_account a JOIN dialplan_directorynumber n ON n.id = a.primary_extension_id
WHERE a.id = %s
"""

_ROLES = """
SELECT g.roles FROM directory_accesscontrolgroup g
JOIN directory_membership m ON m.group_id = g.id WHERE m.account_id = %s
"""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What is known of an account before its credential is checked."""

    id: int
    uuid: UUID
    user_id: str
    kind: str
    is_active: bool
    password: str
    pin_verifier: str
    pin_must_change: bool
    failed_attempts: int
    locked_until: datetime | None
    user_locale: str
    pin_changed_at: datetime | None
    password_must_change: bool
    own_login_time: timedelta | None
    is_at_home: bool = True

    def __repr__(self) -> str:
        return f"KnownAccount({self.user_id})"


def _known(row: sql.Row) -> KnownAccount:
    (id_, uuid, user_id, kind, active, password, verifier, must_change, failed, locked, locale, changed, new_password,
     at_home, own_minutes) = row  # fmt: skip
    return KnownAccount(
        id_, uuid if isinstance(uuid, UUID) else UUID(uuid), user_id, kind, bool(active), password, verifier,
        bool(must_change), failed, sql.time_of(locked), locale, sql.time_of(changed), bool(new_password),
        timedelta(minutes=own_minutes) if own_minutes else None, bool(at_home),
    )  # fmt: skip


def by_user_id(user_id: str) -> list[KnownAccount]:
    """The account with a user id, case-sensitively: none or one."""
    return [_known(row) for row in sql.rows(_BY_USER_ID, [user_id])]


def by_self_service_id(identifier: str) -> list[KnownAccount]:
    """The account with a self-service user id: none or one."""
    return [_known(row) for row in sql.rows(_BY_SELF_SERVICE_ID, [identifier])]


def by_primary_extension(number: str) -> list[KnownAccount]:
    """The accounts with a primary extension: none, one, or the first two of several."""
    return [_known(row) for row in sql.rows(_BY_PRIMARY_EXTENSION, [number])]


def by_id(account_id: int) -> KnownAccount | None:
    """An account by its row id."""
    row = sql.row(_BY_ID, [account_id])
    return _known(row) if row else None


def set_counters(account_id: int, failed_attempts: int, locked_until: datetime | None) -> None:
    """Store the counters of failed attempts."""
    sql.run(_COUNT_FAILURE, [failed_attempts, sql.bound(locked_until), account_id])


def lock(account_id: int) -> int | None:
    """Lock an account's row until the transaction ends; its failed attempts, None when it is gone."""
    row = sql.row(_LOCK, [account_id])
    return int(row[0]) if row else None


def lock_all(account_ids: list[int]) -> None:
    """Lock accounts until the transaction ends, in the order of their ids."""
    if account_ids:
        sql.run(_LOCK_ALL.format(ids=sql.ids_locked_in_order("directory_account", len(account_ids))), account_ids)


def lock_and_look(account_id: int) -> KnownAccount | None:
    """Lock an account's row until the transaction ends; what it is at this moment, None when it is gone."""
    row = sql.row(_LOCK_AND_LOOK, [account_id])
    return _known(row) if row else None


def roles_of(account_id: int) -> frozenset[str]:
    """The roles that an account's access control groups give it."""
    lists = [roles if isinstance(roles, list) else json.loads(roles) for (roles,) in sql.rows(_ROLES, [account_id])]
    return frozenset(role for roles in lists for role in roles)


def credential_policy() -> CredentialPolicy:
    """The credential policy in force."""
    row = sql.row(_POLICY)
    if row is None:
        return DEFAULT_POLICY
    least, trivial, history, days, lock_after, lock_minutes, must_change = row
    return CredentialPolicy(
        minimum_length=least,
        refuse_trivial=bool(trivial),
        history=history,
        expires_after=timedelta(days=days) if days else None,
        lock_after=lock_after,
        lock_for=timedelta(minutes=lock_minutes) if lock_minutes else None,
        must_change_after_reset=bool(must_change),
    )


def source_held_back_until(source: str) -> datetime | None:
    """Until when a source is held back, as last decided; it may be past."""
    row = sql.row(_HELD_BACK, [source])
    return sql.time_of(row[0]) if row else None


def count_source(source: str, now: datetime, window: timedelta) -> int:
    """Count a failure of a source, whose row is locked from here on; how many there are within the window."""
    row = sql.row(_COUNT_SOURCE, [source, sql.bound(now), sql.bound(now - window)])
    return int(row[0]) if row else 0


def hold_back(source: str, until: datetime) -> None:
    """Hold a source back."""
    sql.run(_HOLD_BACK, [sql.bound(until), source])


def release(source: str) -> bool:
    """Forget an address's wrong PINs and passwords; whether it had any."""
    return sql.run(_RELEASE, [source, f"{PASSWORDS_FROM}{source}"]) > 0


def forget_sources(before: datetime) -> int:
    """Forget the sources whose last failure is older; how many."""
    return sql.run(_FORGET, [sql.bound(before)])


def earlier_pins(account_id: int, count: int) -> list[str]:
    """The verifiers of a user's last PINs, the newest first."""
    return [verifier for (verifier,) in sql.rows(_PINS, [account_id, count])]


def set_pin(account_id: int, verifier: str, now: datetime, *, must_change: bool, kept: int) -> None:
    """Store a PIN's verifier, clear the lock, and keep the ``kept`` newest verifiers, this one among them."""
    sql.run(_SET_PIN, [verifier, sql.bound(now), must_change, account_id])
    sql.run(_ADD_PIN, [account_id, verifier, sql.bound(now)])
    sql.run(_DROP_PINS, [account_id, account_id, kept])


def extension_of(account_id: int) -> str:
    """A user's primary extension, empty for none."""
    row = sql.row(_EXTENSION, [account_id])
    return str(row[0]) if row else ""
