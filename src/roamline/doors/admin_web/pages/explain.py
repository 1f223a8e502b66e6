"""Explain: why a log-in works or not, what to change, and what an error means (EM-47)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.kernel import error_wordings
from roamline.kernel.error_wordings import REMEDIES
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility.service import Explanation, explain
from roamline.rooms.phones.models import Phone

LONGEST = 128


def explain_page(request: HttpRequest) -> HttpResponse:
    """Every condition of a log-in of ``user`` on ``device``; what ``error`` (a number or a wording) means."""
    if not account_of(request).has_perm("mobility.view_loginsession"):
        raise PermissionDenied
    user, device, error = (request.GET.get(name, "").strip()[:LONGEST] for name in ("user", "device", "error"))
    explanation = explain(user, device, timezone.now()) if user and device else None
    context = {
        **admin.site.each_context(request),
        "title": _("Explain"),
        "user_id": user,
        "device": device,
        "error_text": error,
        "explanation": explanation,
        "links": _links(explanation) if explanation else [],
        **_errors(error),
    }
    return TemplateResponse(request, "admin_web/explain.html", context)


def _links(explanation: Explanation) -> list[tuple[Any, str]]:
    phone = Phone.objects.filter(folded_name=explanation.device.lower()).values_list("pk", flat=True).first()
    account = Account.objects.filter(user_id=explanation.user_id, kind=Account.END).values_list("pk", flat=True).first()
    return [
        *([(_("The phone's page"), reverse("admin:phones_phone_change", args=[phone]))] if phone else []),
        *([(_("The user's page"), reverse("admin:admin_web_enduser_change", args=[account]))] if account else []),
    ]


def _errors(text: str) -> dict[str, Any]:
    found, troubles = error_wordings.find(text)
    return {"errors": [(error, REMEDIES.get(error, "")) for error in found], "troubles": troubles}
