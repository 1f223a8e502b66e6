"""Who may use REST: accounts with a role, by user id and password (HTTP Basic)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBasicAuth

from roamline.kernel.secret import Secret
from roamline.rooms.directory import authentication
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.authentication import Verdict
from roamline.rooms.directory.rules.roles import ADMINISTRATION, HELP_DESK, READ_ONLY


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller with its roles."""

    user_id: str
    roles: frozenset[str]


class AnyOf(HttpBasicAuth):
    """Lets in accounts that have one of the roles; anybody else gets 401, whatever was wrong."""

    def __init__(self, *roles: str) -> None:
        super().__init__()
        self._roles = frozenset(roles)

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Caller | None:
        """The caller, or None."""
        source = request.META.get("REMOTE_ADDR", "")
        checked = authentication.check_password_of(
            username[:128], Secret(password[:256]), timezone.now(), source=source
        )
        if checked.verdict is not Verdict.RIGHT or checked.account is None:
            return None
        roles = directory.roles_of(checked.account.id)
        return Caller(checked.account.user_id, roles) if roles & self._roles else None


MAY_EXPLAIN = AnyOf(ADMINISTRATION, HELP_DESK, READ_ONLY)
MAY_LOG_OUT = AnyOf(ADMINISTRATION, HELP_DESK)
MAY_LOG_IN = AnyOf(ADMINISTRATION)


def caller_of(request: HttpRequest) -> Caller:
    """The caller that a route's authentication let in."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Caller):
        raise TypeError("the route has no authentication")
    return caller
