"""The navigation, in the order and under the names that the field knows (EM-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

Page = tuple[Any, str, str, str]

# title of the group: title, icon, address, what one must be allowed to see
GROUPS: list[tuple[Any, list[Page]]] = [
    (_("System"), [
        (_("Enterprise parameters"), "tune", "parameters:enterprise", "parameters.view_parametervalue"),
        (_("Service parameters"), "settings", "parameters:service", "parameters.view_parametervalue"),
        (_("Device pools"), "location_on", "phones_devicepool_changelist", "phones.view_devicepool"),
    ]),
    (_("Call routing"), [
        (_("Directory numbers"), "tag", "dialplan_directorynumber_changelist", "dialplan.view_directorynumber"),
        (_("Partitions"), "inventory_2", "dialplan_partition_changelist", "dialplan.view_partition"),
        (_("Calling search spaces"), "manage_search", "dialplan_callingsearchspace_changelist",
         "dialplan.view_callingsearchspace"),
        (_("Route patterns"), "route", "dialplan_routepattern_changelist", "dialplan.view_routepattern"),
        (_("Trunks"), "cable", "dialplan_trunk_changelist", "dialplan.view_trunk"),
    ]),
    (_("Device"), [
        (_("Phones"), "deskphone", "phones_phone_changelist", "phones.view_phone"),
        (_("Phones that asked"), "add_call", "phones_that_asked", "phones.view_phone"),
        (_("Device profiles"), "contact_phone", "phones_deviceprofile_changelist", "phones.view_deviceprofile"),
        (_("Phone services"), "apps", "phones_phoneservice_changelist", "phones.view_phoneservice"),
        (_("Phone models"), "category", "phones_phonemodel_changelist", "phones.view_phonemodel"),
        (_("Headset inventory"), "headset_mic", "headsets_headset_changelist", "headsets.view_headset"),
        (_("Phone models for headsets"), "checklist", "headsets_modelrequirement_changelist",
         "headsets.view_modelrequirement"),
        (_("Phone files"), "folder_open", "phone_files", "phones.view_phone"),
    ]),
    (_("User management"), [
        (_("End users"), "person", "admin_web_enduser_changelist", "admin_web.view_enduser"),
        (_("Application users"), "smart_toy", "admin_web_applicationuser_changelist", "admin_web.view_applicationuser"),
        (_("Access control groups"), "groups", "directory_accesscontrolgroup_changelist",
         "directory.view_accesscontrolgroup"),
    ]),
    (_("Clusters"), [
        (_("ILS"), "hub", "ils", "clusters.view_network"),
        (_("Super users"), "travel_explore", "super_users", "roaming.view_replica"),
    ]),
    (_("Serviceability"), [
        (_("Explain"), "troubleshoot", "explain", "mobility.view_loginsession"),
        (_("Control centre"), "toggle_on", "services", "parameters.view_servicestate"),
        (_("Login sessions"), "login", "mobility_loginsession_changelist", "mobility.view_loginsession"),
        (_("Audit trail"), "history", "ledger_auditentry_changelist", "ledger.view_auditentry"),
        (_("Deadlines"), "schedule", "ledger_deadline_changelist", "ledger.view_deadline"),
        (_("Effects"), "outbox", "ledger_effect_changelist", "ledger.view_effect"),
    ]),
]  # fmt: skip


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The navigation of whoever is signed in: only what they may see."""
    groups: list[dict[str, Any]] = [
        {
            "title": None,
            "items": [{"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")}],
        }
    ]
    for title, pages in GROUPS:
        items = [_item(request, page) for page in pages if request.user.has_perm(page[3])]
        if items:
            groups.append({"title": title, "separator": True, "collapsible": False, "items": items})
    return groups


def _item(_request: HttpRequest, page: Page) -> dict[str, Any]:
    title, icon, address, _permission = page
    return {"title": title, "icon": icon, "link": address_of(address), "active": _is_active(address)}


def address_of(name: str) -> str:
    """The address of a page of the navigation."""
    view, _colon, argument = name.partition(":")
    return reverse(f"admin:{view}", args=[argument] if argument else [])


def _is_active(name: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.path.startswith(address_of(name))
