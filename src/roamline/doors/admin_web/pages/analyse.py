"""The dialled number analyser: a phone dials a number; what happens, step by step, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.analysis import CallAnalysis, analyse_call
from roamline.rooms.phones.models import Phone

LONGEST_DEVICE, LONGEST_NUMBER = 128, 32


def analyse_page(request: HttpRequest) -> HttpResponse:
    """What a call of ``device`` from ``line`` to ``number`` comes to."""
    if not account_of(request).has_perm("dialplan.view_routepattern"):
        raise PermissionDenied
    device = request.GET.get("device", "").strip()[:LONGEST_DEVICE]
    line, number = (request.GET.get(name, "").strip()[:LONGEST_NUMBER] for name in ("line", "number"))
    analysis = analyse_call(device, line, number) if device and number else None
    context = {
        **admin.site.each_context(request),
        "title": _("Dialled number analyser"),
        "device": device,
        "line": line,
        "number": number,
        "analysis": analysis,
        "logged_in": _logged_in(device) if analysis else "",
        "links": _links(analysis) if analysis else [],
    }
    return TemplateResponse(request, "admin_web/analyse.html", context)


def _logged_in(device: str) -> str:
    user = mobility.users_on([device]).get(device.lower())
    return (user.user_id or "") if user else ""


def _links(analysis: CallAnalysis) -> list[tuple[Any, str]]:
    phone = Phone.objects.filter(folded_name=analysis.device.lower()).values_list("pk", flat=True).first()
    return [(_("The phone's page"), reverse("admin:phones_phone_change", args=[phone]))] if phone else []
