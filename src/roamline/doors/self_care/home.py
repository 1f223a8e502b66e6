"""The first page: where the user is logged in, log-outs, and what happened lately."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from roamline.doors.self_care.access import by, for_users
from roamline.kernel.outcome import Refused
from roamline.platform.wording import translated
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import LogsOutAfterCall

SHOWN = 15
"""How many of the latest log-ins and log-outs are shown."""
_LOG_INS = Q(action__in=["em.login", "em.logout"]) | Q(action="web.login", way="self-care")


@for_users
@require_safe
def home(request: HttpRequest, user: Account) -> HttpResponse:
    """Where am I logged in, and my recent log-ins."""
    sessions = LoginSession.objects.filter(account=user, ended_at__isnull=True).select_related("phone", "profile")
    recent = AuditEntry.objects.filter(_LOG_INS, user_id=user.user_id).order_by("-id")[:SHOWN]
    return render(request, "self_care/home.html", {
        "user": user, "here": "home", "sessions": sessions.order_by("started_at"), "recent": recent,
    })  # fmt: skip


@for_users
@require_POST
def log_out(request: HttpRequest, user: Account, device: str) -> HttpResponse:
    """Log the user out on one phone; whoever else is on it stays."""
    outcome = mobility.log_out(device, by(request, user), timezone.now(), only=user.user_id)
    if isinstance(outcome, Refused):
        messages.error(request, translated(outcome.reason) or outcome.error.short_name)
    elif isinstance(outcome, LogsOutAfterCall):
        messages.success(request, gettext("You are logged out on %(phone)s when its call ends.") % {"phone": device})
    else:
        messages.success(request, gettext("You are logged out on %(phone)s.") % {"phone": device})
    return HttpResponseRedirect(reverse("self_care:home"))


@for_users
@require_POST
def log_out_everywhere(request: HttpRequest, user: Account) -> HttpResponse:
    """Log the user out on every phone; calls go on."""
    count = mobility.log_out_user(user.user_id, by(request, user), timezone.now())
    if isinstance(count, Refused):
        messages.error(request, gettext("The database did not answer. Try again."))
    else:
        messages.success(request, gettext("You are logged out of phones: %(count)d.") % {"count": count})
    return HttpResponseRedirect(reverse("self_care:home"))
