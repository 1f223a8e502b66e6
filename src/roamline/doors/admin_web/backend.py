"""Signing in to the administration: counted and locked as every credential is, audited, the same answer for all.

The error page does not tell an unknown user from a wrong password, a locked account or one without a role (S-1);
the audit trail does.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret
from roamline.rooms.directory.authentication import Verdict, check_password_of
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger

LONGEST_USER_ID, LONGEST_PASSWORD = 128, 1024


class AdministrationBackend(BaseBackend):
    """Lets accounts in whose access control groups give them a role in the administration (S-2, S-6)."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_others: Any
    ) -> Account | None:
        """The account, when the password is right, it is not locked, and a role lets it in; audited either way."""
        if not username or not password or len(username) > LONGEST_USER_ID or len(password) > LONGEST_PASSWORD:
            return None
        now = timezone.now()
        source = str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""
        checked = check_password_of(username, Secret(password), now, source=source)
        account = self.get_user(checked.account.id) if checked.account else None
        reason = "" if checked.verdict is Verdict.RIGHT else checked.verdict.value.replace("PIN", "password")
        if not reason and (account is None or not account.is_staff):
            reason = "no role lets this account in"
        ledger.record(
            at=now, action="web.login", actor=username, way="web", source=source, user_id=username,
            result=Error.AUTHENTICATION_ERROR.number if reason else 0, succeeded=not reason, reason=reason,
        )  # fmt: skip
        return None if reason else account

    def get_user(self, user_id: int) -> Account | None:
        """The active account with a row id; sessions of others end."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
