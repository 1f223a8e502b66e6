"""The ILS page: every cluster, what is wrong, and making, joining and leaving a network (RO-6, RO-25)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.pages import ils_confirming
from roamline.doors.admin_web.pages.ils_forms import ChangeForm, TakePartForm, change_form
from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, author_of, may
from roamline.kernel.secret import Secret
from roamline.platform.wording import said
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Conflict, Network
from roamline.rooms.clusters.service import duplicates, overview

MOST_SHOWN = 200
DONE = {
    "cut": _("The link is cut. What is missed meanwhile is sent when it is mended."),
    "mend": _("The link comes back within seconds, with everything that was missed."),
}


def ils_page(request: HttpRequest) -> HttpResponse:
    """How the network stands; administrators change this cluster's part in it."""
    if not account_of(request).has_perm("clusters.view_network"):
        raise PermissionDenied
    form, found, change = TakePartForm(), None, change_form()
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        if ils_confirming.is_to_be_asked(request):
            return ils_confirming.ask(request)
        if request.POST.get("deed") == "change":
            change = ChangeForm(request.POST)
            is_done = _change(request, change)
        elif request.POST.get("deed") == "join":
            form = TakePartForm(request.POST)
            found = _join(request, form)
            is_done = found is None and form.is_valid() and not form.non_field_errors()
        else:
            _do(request)
            is_done = True
        if is_done:
            return HttpResponseRedirect(request.path)
    context = _context(request, found) | {"form": form, "change": change}
    return TemplateResponse(request, "admin_web/ils.html", context)


def _context(request: HttpRequest, found: list[Any] | None) -> dict[str, Any]:
    seen = overview.look(timezone.now())
    return {
        **admin.site.each_context(request),
        "title": _("ILS"),
        "seen": seen,
        "is_alone": seen.role == Network.STANDALONE,
        "is_leaving": clusters.network().leaving,
        "conflicts": Conflict.objects.all()[:MOST_SHOWN],
        "duplicates": (found or [])[:MOST_SHOWN],
        "duplicate_count": len(found or []),
        "may_change": may(request, ADMINISTRATORS),
    }


def cut_or_mend(request: HttpRequest) -> bool:
    """Do what a button at a link asks for; whether it was one of these."""
    deeds = {"cut": clusters.cut, "mend": clusters.mend}
    deed = str(request.POST.get("deed", ""))
    if deed not in deeds:
        return False
    try:
        deeds[deed](str(request.POST.get("cluster", ""))[:50], author_of(request), timezone.now())
    except clusters.CannotCut as reason:
        messages.error(request, said(reason))
    else:
        messages.success(request, DONE[deed])
    return True


def _do(request: HttpRequest) -> None:
    author, now, deed = author_of(request), timezone.now(), request.POST.get("deed")
    if cut_or_mend(request):
        return
    if deed == "synchronise":
        clusters.ask_to_synchronise(author, now)
        messages.success(request, gettext("All clusters are asked for what is missing."))
    elif deed == "leave":
        clusters.leave(author, now)
        messages.success(request, gettext("This cluster leaves the network."))
    elif deed in (ils_confirming.ROTATE, ils_confirming.PUT_OUT):
        _do_confirmed(request, str(deed))


def _do_confirmed(request: HttpRequest, deed: str) -> None:
    author, now = author_of(request), timezone.now()
    try:
        if deed == ils_confirming.ROTATE:
            clusters.rotate_key(author, now)
        else:
            clusters.put_out(str(request.POST.get("origin", ""))[:24], author, now)
    except clusters.CannotJoin as reason:
        messages.error(request, said(reason))
    else:
        messages.success(request, ils_confirming.done(deed))


def _change(request: HttpRequest, form: ChangeForm) -> bool:
    """Change interval and password; whether that was possible."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    password = Secret(given["password"])
    try:
        clusters.change(
            author_of(request), timezone.now(), interval_minutes=given["interval"], password=password,
            use_certificates=given["use_certificates"],
        )  # fmt: skip
    except clusters.CannotJoin as reason:
        form.add_error(None, said(reason))
        return False
    messages.success(request, gettext("It is changed; links come up anew within seconds."))
    return True


def _join(request: HttpRequest, form: TakePartForm) -> list[Any] | None:
    """Join; the duplicates to be asked about instead, when there are some that were not accepted yet."""
    if not form.is_valid():
        return None
    plan = form.plan()
    try:
        if plan.registration_server and "accept" not in request.POST:
            found = duplicates.before_joining(plan.registration_server, plan.password)
            if found:
                return found
        clusters.take_part(plan, author_of(request), timezone.now())
    except clusters.CannotJoin as reason:
        form.add_error(None, said(reason))
        return None
    messages.success(request, gettext("This cluster takes part; links come up within seconds."))
    return None
