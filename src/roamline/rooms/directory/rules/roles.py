"""Roles: what membership in an access control group lets an account do."""

from __future__ import annotations

ADMINISTRATION = "administration"
READ_ONLY = "read only"
HELP_DESK = "help desk"
EM_PROXY = "em authentication proxy"
AXL = "axl"
ROAMING = "em roaming"

ROLE_CHOICES = [
    (ADMINISTRATION, "Everything"),
    (READ_ONLY, "See everything, change nothing"),
    (HELP_DESK, "Unlock, reset a PIN, log out, explain"),
    (EM_PROXY, "Log in and out for others over the EM API"),
    (AXL, "Use AXL"),
    (ROAMING, "Log in in every cluster of the ILS network"),
]

SUPER_USERS = "Standard EM Roaming Across Clusters Super Users"

STANDARD_GROUPS = {
    "Standard CCM Super Users": [ADMINISTRATION, AXL],
    "Standard CCM Read Only": [READ_ONLY],
    "Standard Help Desk": [HELP_DESK],
    "Standard EM Authentication Proxy Rights": [EM_PROXY],
    SUPER_USERS: [ROAMING],
}

_NOT_FOR_THE_HELP_DESK = ("ledger.", "bulk.")
_READS = frozenset({"view"})
_SEES: dict[str, frozenset[str]] = {READ_ONLY: _READS, HELP_DESK: _READS}


def permits(role: str, subject: str, action: str) -> bool:
    """Whether a role lets its holder do ``action`` (view, add, change, delete) on ``subject`` (app.model).

    The help desk's own actions (unlock, reset a PIN, log out) are not changes of nouns and are asked by role.
    """
    if role == ADMINISTRATION:
        return True
    if subject.startswith(_NOT_FOR_THE_HELP_DESK) and role == HELP_DESK:
        return False
    return action in _SEES.get(role, frozenset())
