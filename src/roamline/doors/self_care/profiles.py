"""The user's device profiles: speed dials, do not disturb."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from roamline.doors.self_care.access import by, for_users
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.mobility.service import own_changes
from roamline.rooms.mobility.service.own_changes import SpeedDial
from roamline.rooms.phones.models import DeviceProfile


@for_users
@require_safe
def profiles(request: HttpRequest, user: Account) -> HttpResponse:
    """The profiles that this user controls; the only one opens at once."""
    found = list(ControlledProfile.objects.filter(account=user).select_related("profile__model"))
    if len(found) == 1:
        return HttpResponseRedirect(reverse("self_care:profile", args=[found[0].profile.uuid]))
    return render(request, "self_care/profiles.html", {"user": user, "here": "profiles", "controlled": found})


@for_users
@require_safe
def profile(request: HttpRequest, user: Account, uuid: UUID) -> HttpResponse:
    """One profile: what its keys are, and what the user may change."""
    return _page(request, user, _own(user, uuid))


@for_users
@require_POST
def speed_dials(request: HttpRequest, user: Account, uuid: UUID) -> HttpResponse:
    """Save the speed dials."""
    own = _own(user, uuid)
    try:
        wanted = _wanted(request.POST, own)
        changed = own_changes.set_speed_dials(own, wanted, by(request, user), timezone.now())
    except ValidationError as objections:
        for key, texts in getattr(objections, "message_dict", {"": objections.messages}).items():
            messages.error(request, f"{gettext('Key')} {key}: {' '.join(texts)}" if key else " ".join(texts))
        return _page(request, user, own, request.POST)
    messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
    return HttpResponseRedirect(reverse("self_care:profile", args=[own.uuid]))


def _own(user: Account, uuid: UUID) -> DeviceProfile:
    try:
        return own_changes.profile_of(user, uuid)
    except PermissionDenied as not_theirs:
        raise Http404 from not_theirs


def _wanted(posted: QueryDict, own: DeviceProfile) -> dict[int, SpeedDial | None]:
    wanted: dict[int, SpeedDial | None] = {}
    for key in own_changes.speed_dials_of(own):
        label, number = (posted.get(f"{name}-{key}", "").strip() for name in ("label", "number"))
        wanted[key] = SpeedDial(label or number[:30], number) if label or number else None
        if label and not number:
            raise ValidationError({str(key): [gettext("Give the number that this key dials.")]})
    return wanted


def _page(request: HttpRequest, user: Account, own: DeviceProfile, posted: QueryDict | None = None) -> HttpResponse:
    keys = [
        {
            "key": key,
            "label": posted.get(f"label-{key}", "") if posted else (dial.label if dial else ""),
            "number": posted.get(f"number-{key}", "") if posted else (dial.number if dial else ""),
        }
        for key, dial in own_changes.speed_dials_of(own).items()
    ]
    several = ControlledProfile.objects.filter(account=user).count() > 1
    context = {"user": user, "here": "profiles", "profile": own, "keys": keys, "several": several}
    return render(request, "self_care/profile.html", context)
