"""Who is at the keyboard: the author of changes, and what their roles let them do."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.roles import ADMINISTRATION, HELP_DESK
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility.service import By, Way

ADMINISTRATORS = frozenset({ADMINISTRATION})
HELP = frozenset({ADMINISTRATION, HELP_DESK})


def account_of(request: HttpRequest) -> Account:
    """The signed-in account."""
    return cast("Account", request.user)


def source_of(request: HttpRequest) -> str:
    """The address that a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def author_of(request: HttpRequest) -> Author:
    """The author of what a request changes."""
    return Author(account_of(request).user_id, Way.ADMINISTRATOR, source_of(request))


def by(request: HttpRequest) -> By:
    """The same, as the engine takes it."""
    return By(account_of(request).user_id, Way.ADMINISTRATOR, source_of(request))


def may(request: HttpRequest, roles: frozenset[str]) -> bool:
    """Whether the signed-in account is active and has one of these roles."""
    account = account_of(request)
    return bool(account.is_active and account.roles() & roles)
