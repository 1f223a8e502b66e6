"""Where an administrator goes from a phone's or a user's page: the *related links* of the field (EM-10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone

Links = list[tuple[Any, str]]


def links_of_phone(request: HttpRequest, phone: Phone) -> Links:
    """What it runs, why a log-in works or not, who was logged in on it."""
    session = LoginSession.objects.filter(phone=phone, ended_at__isnull=True).select_related("account").first()
    asked = {"device": phone.name, **({"user": session.account.user_id} if session else {})}
    return [
        (_("Effective configuration"), reverse("admin:effective", args=[phone.pk])),
        (_("Explain a log-in"), f"{reverse('admin:explain')}?{urlencode(asked)}"),
        (_("Login sessions"), _found("mobility_loginsession", "phone__name", phone.name)),
        *_audit(request, "device", phone.name),
    ]


def links_of_user(request: HttpRequest, user: Account) -> Links:
    """Why a log-in works or not, where they were logged in, what happened."""
    session = LoginSession.objects.filter(account=user.pk, ended_at__isnull=True).select_related("phone").first()
    asked = {"user": user.user_id, **({"device": session.phone.name} if session else {})}
    return [
        (_("Explain a log-in"), f"{reverse('admin:explain')}?{urlencode(asked)}"),
        (_("Login sessions"), _found("mobility_loginsession", "account__user_id", user.user_id)),
        *_audit(request, "user_id", user.user_id),
    ]


def _found(page: str, field: str, text: str) -> str:
    return f"{reverse(f'admin:{page}_changelist')}?{urlencode({'find': field, 'how': 'is', 'text': text})}"


def _audit(request: HttpRequest, field: str, text: str) -> Links:
    if not account_of(request).has_perm("ledger.view_auditentry"):
        return []
    return [(_("Audit trail"), _found("ledger_auditentry", field, text))]
