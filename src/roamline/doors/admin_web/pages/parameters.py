"""Service and enterprise parameters, generated from the registry: value, default, help, choices (EM-7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.base import Record
from roamline.doors.admin_web.who import account_of, source_of
from roamline.platform.wording import said
from roamline.rooms.mobility.service import Way
from roamline.rooms.parameters import activation, rules, service
from roamline.rooms.parameters.models import ParameterValue
from roamline.rooms.parameters.rules import REGISTRY, InvalidValue, Parameter
from roamline.rooms.parameters.rules.parameter import NODE

PAGES = {
    "service": _("Service parameters"),
    "enterprise": _("Enterprise parameters"),
    "emcc": _("EMCC feature configuration"),
}
_PAGE_OF = {rules.ENTERPRISE: "enterprise", rules.EMCC: "emcc"}
"""The page of what stands under a service; all others are on the first."""
LONGEST_VALUE = 4096


@dataclass(slots=True)
class Entry:
    """One parameter as the page shows it: ``seen`` is what the administrator saw, ``typed`` what they gave."""

    parameter: Parameter
    field: str
    seen: str
    typed: str
    objection: str = ""

    @property
    def name(self) -> str:
        """Its name in the administrator's language."""
        return gettext(self.parameter.name)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What it takes, and what that is called."""
        return [(choice, gettext(choice)) for choice in self.parameter.choices]

    @property
    def default(self) -> str:
        """Its default, as the page says it."""
        return gettext(self.parameter.default) if self.parameter.choices else self.parameter.default

    @property
    def is_default(self) -> bool:
        """Whether the value in force is the default."""
        return self.seen == self.parameter.default

    @property
    def is_of_node(self) -> bool:
        """Whether each node has a value of its own."""
        return self.parameter.scope == NODE


def parameters_of(page: str) -> list[Parameter]:
    """The registry's entries of a page."""
    return [each for each in REGISTRY.values() if _PAGE_OF.get(each.service, "service") == page]


def field_of(parameter: Parameter) -> str:
    """The name of a parameter's field in the form."""
    return f"{parameter.service}/{parameter.name}"


@admin.register(ParameterValue)
class ParametersPage(Record):
    """Three pages with all parameters, instead of a list of rows."""

    kind = "parameter"

    def get_urls(self) -> list[URLPattern]:
        """The three pages."""
        return [
            path("<str:page>/", self.admin_site.admin_view(self.page_view), name="parameters"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The service parameters."""
        return HttpResponseRedirect(reverse("admin:parameters", args=["service"]))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page where the parameter is."""
        return self.changelist_view(request)

    def may_change(self, request: HttpRequest) -> bool:
        """As any noun."""
        return account_of(request).has_perm("parameters.change_parametervalue")

    def page_view(self, request: HttpRequest, page: str) -> HttpResponse:
        """Show the parameters of a page; save those that were changed, all or none."""
        if page not in PAGES:
            raise Http404
        if not account_of(request).has_perm("parameters.view_parametervalue"):
            raise PermissionDenied
        if request.method == "POST" and not self.may_change(request):
            raise PermissionDenied
        node = _node(request)
        if request.method == "POST" and "apply_config" in request.POST:
            return _apply(request)
        entries = _entries(request, page, node)
        if request.method == "POST" and _save(request, entries, node):
            return HttpResponseRedirect(request.get_full_path())
        return self._show(request, page, entries, node)

    def _show(self, request: HttpRequest, page: str, entries: list[Entry], node: str) -> HttpResponse:
        is_advanced = request.GET.get("advanced") == "1"
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if is_advanced or not entry.parameter.advanced or entry.objection:
                groups.setdefault(entry.parameter.service, []).append(entry)
        context = {
            **self.admin_site.each_context(request),
            "title": PAGES[page],
            "groups": groups,
            "is_advanced": is_advanced,
            "has_advanced": any(entry.parameter.advanced for entry in entries),
            "may_change": self.may_change(request),
            "pending": [each for each in service.now_in_force().pending() if each in parameters_of(page)],
            "node": node,
            "nodes": activation.nodes() if any(entry.is_of_node for entry in entries) else [],
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin_web/parameters.html", context)


def _apply(request: HttpRequest) -> HttpResponse:
    """Put what was saved and waits in force (HS-10)."""
    count = service.apply_config(
        actor=account_of(request).user_id, way=Way.ADMINISTRATOR, source=source_of(request), now=timezone.now()
    )
    messages.success(request, gettext("Parameters that took effect: %(count)d") % {"count": count})
    return HttpResponseRedirect(request.get_full_path())


def _node(request: HttpRequest) -> str:
    wanted = request.GET.get("node", "")
    return wanted if wanted in activation.nodes() else service.this_node()


def _entries(request: HttpRequest, page: str, node: str) -> list[Entry]:
    in_force = service.now_in_force(node)
    return [
        Entry(parameter, field_of(parameter), in_force.text(parameter), _typed(request, parameter, in_force))
        for parameter in parameters_of(page)
    ]


def _typed(request: HttpRequest, parameter: Parameter, in_force: service.Parameters) -> str:
    if request.POST.get("reset") == field_of(parameter):
        return parameter.default
    return request.POST.get(field_of(parameter), in_force.text(parameter)).strip()[: LONGEST_VALUE + 1]


@transaction.atomic
def _save(request: HttpRequest, entries: Iterable[Entry], node: str) -> bool:
    # Only what the administrator changed is written: one value may have been turned by another (EM-23).
    changed = [entry for entry in entries if entry.typed != _seen(request, entry)]
    for entry in changed:
        entry.objection = _objection(request, entry)
    if any(entry.objection for entry in changed):
        messages.error(request, gettext("Nothing was saved: see below."))
        return False
    for entry in changed:
        service.change(
            service=entry.parameter.service, name=entry.parameter.name, value=entry.typed,
            actor=account_of(request).user_id, way=Way.ADMINISTRATOR, source=source_of(request), now=timezone.now(),
            node=node,
        )  # fmt: skip
    names = ", ".join(entry.name for entry in changed)
    if names:
        messages.success(request, gettext("Saved: %(names)s") % {"names": names})
    else:
        messages.info(request, gettext("Nothing was changed."))
    return True


def _seen(request: HttpRequest, entry: Entry) -> str:
    return request.POST.get(f"seen:{entry.field}", entry.seen)


def _objection(request: HttpRequest, entry: Entry) -> str:
    if _seen(request, entry) != entry.seen:
        text = gettext("Somebody else set this to %(value)s meanwhile. Save again to put yours in its place.")
        return text % {"value": entry.seen or "–"}
    try:
        entry.parameter.parse(entry.typed)
    except InvalidValue as refusal:
        return said(refusal)
    return ""
