"""Who roams, asked at every log-in and failed attempt."""

from __future__ import annotations

from roamline.platform import sql

_ROAMS = """
SELECT 1 FROM directory_account a WHERE a.{key} = %s AND a.is_active AND (
  EXISTS (SELECT 1 FROM roaming_replica r WHERE r.account_id = a.id)
  OR EXISTS (SELECT 1 FROM directory_membership m JOIN directory_accesscontrolgroup g ON g.id = m.group_id
             WHERE m.account_id = a.id AND CAST(g.roles AS TEXT) LIKE %s))
"""
_ROAMS_BY_ID = _ROAMS.format(key="id")
_ROAMS_BY_USER_ID = _ROAMS.format(key="user_id")
_ROLE = '%"em roaming"%'


def roams(account_id: int) -> bool:
    """Whether an account may log in in every cluster (RO-10)."""
    return sql.row(_ROAMS_BY_ID, [account_id, _ROLE]) is not None


def does_user_roam(user_id: str) -> bool:
    """Whether a user id is that of somebody who may log in in every cluster."""
    return sql.row(_ROAMS_BY_USER_ID, [user_id, _ROLE]) is not None
