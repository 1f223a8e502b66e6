"""Who roams, asked at every log-in and failed attempt.

Of a user's own groups, which are few or none, only: SQLite would look at every group first to join them. And a
pattern that is bound has SQLite prepare the statement anew each time.
"""

from __future__ import annotations

from collections.abc import Sequence

from roamline.platform import sql

_ROAMS = """
SELECT a.id FROM directory_account a WHERE a.{key} AND a.is_active AND (
  EXISTS (SELECT 1 FROM roaming_replica r WHERE r.account_id = a.id)
  OR EXISTS (SELECT 1 FROM directory_membership m WHERE m.account_id = a.id AND EXISTS (
       SELECT 1 FROM directory_accesscontrolgroup g
       WHERE g.id = m.group_id AND CAST(g.roles AS TEXT) LIKE '%%"em roaming"%%')))
"""
_ROAMS_BY_ID = _ROAMS.replace("{key}", "id IN ({marks})")
_ROAMS_BY_USER_ID = _ROAMS.format(key="user_id = %s")
_ROAMS_WITH_FAILURES = _ROAMS.format(key="kind = 'end' AND (a.failed_attempts > 0 OR a.locked_until IS NOT NULL)")


def roaming_among(account_ids: Sequence[int]) -> set[int]:
    """Those of these accounts that may log in in every cluster (RO-10)."""
    if not account_ids:
        return set()
    statement = _ROAMS_BY_ID.format(marks=sql.marks(len(account_ids)))
    return {found for (found,) in sql.rows(statement, list(account_ids))}


def does_user_roam(user_id: str) -> bool:
    """Whether a user id is that of somebody who may log in in every cluster."""
    return sql.row(_ROAMS_BY_USER_ID, [user_id]) is not None


def roaming_with_failures() -> list[int]:
    """The accounts that may log in in every cluster, have failed attempts or are locked, by row id."""
    return sorted(found for (found,) in sql.rows(_ROAMS_WITH_FAILURES))
