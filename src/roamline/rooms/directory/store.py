"""Every statement about accounts that a log-in needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from roamline.platform import sql

_COLUMNS = """
SELECT a.id, a.uuid, a.user_id, a.kind, a.is_active, a.password, a.pin_verifier, a.pin_must_change,
       a.failed_attempts, a.locked_until, a.user_locale
FROM directory_account a
"""
_BY_USER_ID = _COLUMNS + "WHERE a.user_id = %s"
_BY_SELF_SERVICE_ID = _COLUMNS + "WHERE a.self_service_id = %s"
_BY_PRIMARY_EXTENSION = (
    _COLUMNS + "JOIN dialplan_directorynumber n ON n.id = a.primary_extension_id WHERE n.pattern = %s LIMIT 2"
)
_BY_ID = _COLUMNS + "WHERE a.id = %s"

_COUNT_FAILURE = "UPDATE directory_account SET failed_attempts = %s, locked_until = %s WHERE id = %s"

_LOCK = "UPDATE directory_account SET lock_version = lock_version + 1 WHERE id = %s RETURNING failed_attempts"

_LOCK_AND_LOOK = """
UPDATE directory_account SET lock_version = lock_version + 1 WHERE id = %s
RETURNING id, uuid, user_id, kind, is_active, password, pin_verifier, pin_must_change,
          failed_attempts, locked_until, user_locale
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

    def __repr__(self) -> str:
        return f"KnownAccount({self.user_id})"


def _known(row: sql.Row) -> KnownAccount:
    id_, uuid, user_id, kind, active, password, verifier, must_change, failed, locked, locale = row
    return KnownAccount(
        id_, uuid if isinstance(uuid, UUID) else UUID(uuid), user_id, kind, bool(active), password, verifier,
        bool(must_change), failed, sql.time_of(locked), locale,
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


def lock_and_look(account_id: int) -> KnownAccount | None:
    """Lock an account's row until the transaction ends; what it is at this moment, None when it is gone."""
    row = sql.row(_LOCK_AND_LOOK, [account_id])
    return _known(row) if row else None


def roles_of(account_id: int) -> frozenset[str]:
    """The roles that an account's access control groups give it."""
    lists = [roles if isinstance(roles, list) else json.loads(roles) for (roles,) in sql.rows(_ROLES, [account_id])]
    return frozenset(role for roles in lists for role in roles)
