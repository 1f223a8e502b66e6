"""The user's telephone features: call backs, and the switches of managers and assistants (EM-34, EM-37)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from roamline.doors.self_care.access import by, for_users
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.features.service import assistants, call_backs
from roamline.rooms.features.service.assistants import DIVERT, DO_NOT_DISTURB, FILTER, Manager
from roamline.rooms.ledger.changes import Author

SWITCHES = {DIVERT: _("Divert all calls"), FILTER: _("Call filter"), DO_NOT_DISTURB: _("Do not disturb")}


@for_users
@require_safe
def calls(request: HttpRequest, user: Account) -> HttpResponse:
    """What is asked and switched now."""
    profiles = ControlledProfile.objects.filter(account=user).order_by("position").values_list("profile_id", flat=True)
    own = [manager for profile in profiles if (manager := assistants.manager_of(profile))]
    return render(request, "self_care/calls.html", {
        "user": user, "here": "calls", "call_backs": call_backs.active_of(user.pk),
        "own": [(each, _switches(each, tuple(SWITCHES))) for each in own],
        "others": [(each, _switches(each, (DIVERT,))) for each in assistants.managers_of(user.pk)],
    })  # fmt: skip


def _switches(manager: Manager, which: tuple[str, ...]) -> list[tuple[str, object, bool]]:
    return [(each, SWITCHES[each], manager.is_on(each)) for each in which]


@for_users
@require_POST
def switch(request: HttpRequest, user: Account, profile: int, which: str) -> HttpResponse:
    """Put a switch of the user's own profile, or the diversion of a manager whom they assist, on or off."""
    to = request.POST.get("to", "")
    if which not in SWITCHES or to not in {"on", "off"} or not assistants.may_switch(user.pk, profile, which):
        messages.error(request, gettext("That switch is not yours."))
    else:
        assistants.switch(profile, which, to == "on", author=_author(request, user), now=timezone.now())
    return HttpResponseRedirect(reverse("self_care:calls"))


@for_users
@require_POST
def cancel_call_back(request: HttpRequest, user: Account, call_back: int) -> HttpResponse:
    """Cancel one of the user's call backs."""
    found = next((each for each in call_backs.active_of(user.pk) if each.pk == call_back), None)
    if found is not None and call_backs.cancel(found, author=_author(request, user), now=timezone.now()):
        messages.success(request, gettext("The call back is cancelled."))
    return HttpResponseRedirect(reverse("self_care:calls"))


def _author(request: HttpRequest, user: Account) -> Author:
    who = by(request, user)
    return Author(who.actor, who.way, who.source)
