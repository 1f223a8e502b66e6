"""Signing in to self-care: any active end user, by their own password; counted, locked and audited as all are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret
from roamline.rooms.directory.authentication import Checked, Verdict, check_password_of
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger

LONGEST_USER_ID, LONGEST_PASSWORD = 128, 1024
WAY = "self-care"


class SelfCareBackend(BaseBackend):
    """Lets end users in by their password. It answers only where it is asked as ``self_care_user``."""

    def authenticate(
        self, request: HttpRequest | None, self_care_user: str = "", password: str = "", **_others: Any
    ) -> Account | None:
        """The account, when it is an end user's, active, not locked, and the password is right."""
        if not self_care_user or not password:
            return None
        if len(self_care_user) > LONGEST_USER_ID or len(password) > LONGEST_PASSWORD:
            return None
        now = timezone.now()
        source = str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""
        checked = check_password_of(self_care_user, Secret(password), now, source=source)
        account = self.get_user(checked.account.id) if checked.account else None
        reason = _objection_of(checked)
        if not reason and account is None:
            reason = "this is an application user, not an end user"
        _record(self_care_user, source, reason, now)
        return None if reason else account

    def get_user(self, user_id: int) -> Account | None:
        """The active end user with a row id; sessions of others end."""
        return Account.objects.filter(pk=user_id, is_active=True, kind=Account.END).first()


def knows_password(user: Account, password: str, source: str) -> bool:
    """Whether who is signed in knows the user's password: a wrong one counts and is audited as at signing in (S-2)."""
    now = timezone.now()
    reason = _objection_of(check_password_of(user.user_id, Secret(password), now, source=source))
    if reason:
        _record(user.user_id, source, reason, now)
    return not reason


def _objection_of(checked: Checked) -> str:
    return "" if checked.verdict is Verdict.RIGHT else checked.verdict.value.replace("PIN", "password")


def _record(user_id: str, source: str, reason: str, now: datetime) -> None:
    ledger.record(
        at=now, action="web.login", actor=user_id, way=WAY, source=source, user_id=user_id,
        result=Error.AUTHENTICATION_ERROR.number if reason else 0, succeeded=not reason, reason=reason,
    )  # fmt: skip
