"""The user's headsets: which are theirs, where they were seen, and giving one away (HS-2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from roamline.doors.self_care.access import by, for_users
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Association
from roamline.rooms.headsets.service import NotAssociated


@for_users
@require_safe
def mine(request: HttpRequest, user: Account) -> HttpResponse:
    """The headsets that sign this user in."""
    owned = Association.objects.filter(account=user).select_related("headset").order_by("slot")
    return render(request, "self_care/headsets.html", {"user": user, "here": "headsets", "owned": owned})


@for_users
@require_POST
def give_away(request: HttpRequest, user: Account) -> HttpResponse:
    """Take one of the user's headsets from them; it belongs to nobody then."""
    serial = request.POST.get("serial", "")[:64]
    who = by(request, user)
    outcome = headsets.dissociate(
        serial, actor=user.user_id, way=who.way, source=who.source, user_id=user.user_id, now=timezone.now()
    )
    if isinstance(outcome, NotAssociated):
        messages.error(request, gettext("This headset is not yours."))
    else:
        messages.success(request, gettext("%(serial)s is no longer your headset.") % {"serial": outcome.serial})
    return HttpResponseRedirect(reverse("self_care:headsets"))
