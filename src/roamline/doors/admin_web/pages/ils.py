"""The ILS page: every cluster, what is wrong, and making, joining and leaving a network (RO-6, RO-25)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, author_of, may
from roamline.kernel.secret import Secret
from roamline.platform.wording import said
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import ADDRESS, ROUTE_STRING, Conflict, Network
from roamline.rooms.clusters.service import duplicates, overview

MOST_SHOWN = 200


class TakePartForm(forms.Form):
    """How this cluster is to take part."""

    role = forms.ChoiceField(label=_("Role"), choices=[("hub", _("Hub Cluster")), ("spoke", _("Spoke Cluster"))])
    server = forms.CharField(
        label=_("Registration server"), required=False, max_length=270, validators=[ADDRESS],
        help_text=_("Any hub of the network, as host:port. Leave it empty on the first hub of a new network."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), required=False, max_length=128, widget=forms.PasswordInput(render_value=True),
        help_text=_("The same in all clusters, at least 12 characters. Leave it empty to use certificates only."),
    )  # fmt: skip
    use_certificates = forms.BooleanField(label=_("Use TLS certificates"), required=False)
    trusted = forms.CharField(
        label=_("Trusted fingerprints"), required=False, max_length=2000,
        help_text=_("With certificates: the other clusters' fingerprints, separated by spaces."),
    )  # fmt: skip
    interval = forms.IntegerField(label=_("Synchronise every (minutes)"), initial=10, min_value=1, max_value=1440)
    dial_plan = forms.BooleanField(label=_("Exchange global dial plan data"), required=False, initial=True)
    route_string = forms.CharField(
        label=_("Advertised route string"), required=False, max_length=64, validators=[ROUTE_STRING]
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "rl-input"

    def plan(self) -> clusters.Plan:
        """What was filled in."""
        given = self.cleaned_data
        return clusters.Plan(
            role=given["role"], registration_server=given["server"], password=Secret(given["password"]),
            use_certificates=given["use_certificates"], trusted=tuple(given["trusted"].split()),
            interval_minutes=given["interval"], exchange_dial_plan=given["dial_plan"],
            route_string=given["route_string"],
        )  # fmt: skip


def ils_page(request: HttpRequest) -> HttpResponse:
    """How the network stands; administrators change this cluster's part in it."""
    if not account_of(request).has_perm("clusters.view_network"):
        raise PermissionDenied
    form, found = TakePartForm(), None
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        if request.POST.get("deed") != "join":
            _do(request)
            return HttpResponseRedirect(request.path)
        form = TakePartForm(request.POST)
        found = _join(request, form)
        if found is None and form.is_valid() and not form.non_field_errors():
            return HttpResponseRedirect(request.path)
    return TemplateResponse(request, "admin_web/ils.html", _context(request, form, found))


def _context(request: HttpRequest, form: TakePartForm, found: list[Any] | None) -> dict[str, Any]:
    seen = overview.look(timezone.now())
    return {
        **admin.site.each_context(request),
        "title": _("ILS"),
        "seen": seen,
        "is_alone": seen.role == Network.STANDALONE,
        "is_leaving": clusters.network().leaving,
        "conflicts": Conflict.objects.all()[:MOST_SHOWN],
        "form": form,
        "duplicates": (found or [])[:MOST_SHOWN],
        "duplicate_count": len(found or []),
        "may_change": may(request, ADMINISTRATORS),
    }


def _do(request: HttpRequest) -> None:
    author, now, deed = author_of(request), timezone.now(), request.POST.get("deed")
    if deed == "synchronise":
        clusters.ask_to_synchronise(author, now)
        messages.success(request, gettext("All clusters are asked for what is missing."))
    elif deed == "leave":
        clusters.leave(author, now)
        messages.success(request, gettext("This cluster leaves the network."))
    elif deed == "put_out":
        clusters.put_out(str(request.POST.get("origin", ""))[:24], author, now)
        messages.success(request, gettext("The cluster is put out of the network. Change the password, too."))


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
