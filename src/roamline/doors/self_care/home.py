"""The first page: where the user is logged in, log-outs, and what happened lately."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from roamline.doors.self_care.access import by, by_code, for_users
from roamline.kernel.outcome import Refused
from roamline.platform.wording import translated
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import LoggedIn, LogsOutAfterCall

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
        "profiles": _profiles(user),
    })  # fmt: skip


def _profiles(user: Account) -> list[str]:
    """The profiles that the user may choose from, where there is more than one."""
    names = [name for name, _is_default in mobility.profiles_of_users([user.user_id]).get(user.user_id, ())]
    return names if len(names) > 1 else []


@for_users
@sensitive_post_parameters()
@require_POST
def log_in(request: HttpRequest, user: Account) -> HttpResponse:
    """Log the user in on the phone that shows this code (EM-36)."""
    typed, profile = request.POST.get("code", ""), request.POST.get("profile") or None
    outcome = mobility.log_in_with_code(user.user_id, typed, by_code(request, user), timezone.now(), profile=profile)
    if isinstance(outcome, LoggedIn):
        messages.success(request, gettext("You are logged in on %(phone)s.") % {"phone": outcome.device})
    elif isinstance(outcome, Refused):
        reason = translated(outcome.reason) or translated(outcome.error.short_name)
        messages.error(request, f"{reason} ({outcome.error.number})")
    return HttpResponseRedirect(reverse("self_care:home"))


@for_users
@require_POST
def log_out(request: HttpRequest, user: Account, device: str) -> HttpResponse:
    """Log the user out on one phone; whoever else is on it stays."""
    outcome = mobility.log_out(device, by(request, user), timezone.now(), only=user.user_id)
    if isinstance(outcome, Refused):
        messages.error(request, translated(outcome.reason) or translated(outcome.error.short_name))
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
