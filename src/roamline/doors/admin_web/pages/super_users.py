"""Super users: who may log in in every cluster, where they are now, and the tool that makes them the same (RO-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.pages.ils import cut_or_mend
from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, may
from roamline.rooms.clusters import service as clusters
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.roaming import service as roaming

OUTCOMES = {
    "added": _("added"),
    "changed": _("changed"),
    "same": _("the same"),
    "removed": _("removed"),
    "failed": _("failed"),
    "waiting": _("no answer yet"),
}


def super_users_page(request: HttpRequest) -> HttpResponse:
    """The clusters, the super users and the last synchronisation; administrators synchronise and set it up here."""
    _require(request)
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        return _do(request)
    return TemplateResponse(request, "admin_web/super_users.html", _context(request))


def super_users_now(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes by itself, for the page to fetch."""
    _require(request)
    return TemplateResponse(request, "admin_web/super_users_now.html", _now(request))


def _require(request: HttpRequest) -> None:
    if not account_of(request).has_perm("roaming.view_replica"):
        raise PermissionDenied


def _now(request: HttpRequest) -> dict[str, Any]:
    known = clusters.clusters() if clusters.is_joined() else []
    return {
        "may_change": may(request, ADMINISTRATORS),
        "is_joined": clusters.is_joined(),
        # The first cluster of a network has nobody to tell anything yet.
        "is_running": clusters.is_running() or all(each.state == "own" for each in known),
        "is_cut": any(each.is_cut for each in known),
        "clusters": known,
        "super_users": roaming.super_users(),
        "run": roaming.SyncRun.objects.first(),
        "reports": _worded(roaming.report()),
    }


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    settings = roaming.RoamingSettings.objects.select_related("default_css").first()
    return {
        **admin.site.each_context(request),
        "title": _("Super users"),
        "every_minutes": settings.every_minutes if settings else 0,
        "default_css": settings.default_css.name if settings and settings.default_css else "",
        "spaces": CallingSearchSpace.objects.values_list("name", flat=True),
        **_now(request),
        **more,
    }


def _worded(reports: list[roaming.ClusterReport]) -> list[dict[str, Any]]:
    return [
        {
            "cluster": each.cluster,
            "outcomes": [(one, OUTCOMES.get(one.outcome, one.outcome)) for one in each.outcomes],
        }
        for each in reports
    ]


def _do(request: HttpRequest) -> HttpResponse:
    if cut_or_mend(request):
        return HttpResponseRedirect(request.path)
    actor, now = account_of(request).user_id, timezone.now()
    deed = request.POST.get("deed", "")
    if deed == "dry_run":
        context = _context(request, dry_run=_worded(roaming.dry_run()))
        return TemplateResponse(request, "admin_web/super_users.html", context)
    if deed == "synchronise":
        roaming.synchronise(actor, now)
        messages.success(request, gettext("Synchronising; the report fills as the clusters answer."))
    elif deed == "set_up":
        _set_up(request, actor)
    return HttpResponseRedirect(request.path)


def _set_up(request: HttpRequest, actor: str) -> None:
    try:
        roaming.set_schedule(int(request.POST.get("every_minutes", "")), actor, timezone.now())
        roaming.set_default_css(request.POST.get("default_css", ""), actor, timezone.now())
    except ValueError:
        messages.error(request, gettext("Give a number of minutes."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except ObjectDoesNotExist:
        messages.error(request, gettext("There is no such calling search space."))
    else:
        messages.success(request, gettext("Saved."))
