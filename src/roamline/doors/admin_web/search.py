"""The search beside the navigation: pages by their own and their handbook names, then phones, users, numbers (EM-10).

Only what whoever is signed in may see is found. Nouns are found by how their name begins, at most a few of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import navigation
from roamline.doors.admin_web.menu import GROUPS
from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets.models import Headset
from roamline.rooms.phones.models import DeviceProfile, Phone

LONGEST = 128
EACH = 5
"""How many phones, users, … are offered at most."""

Result = dict[str, Any]


def search_page(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """What matches ``s``: a piece of the page that stands under the search field; nothing for an empty one."""
    wanted = request.GET.get("s", "").strip()[:LONGEST]
    if not wanted:
        return HttpResponse()
    results = [*pages(request, wanted.lower()), *nouns(request, wanted)]
    return TemplateResponse(request, "admin_web/search_results.html", {"results": results})


def pages(request: HttpRequest, wanted: str) -> Iterator[Result]:
    """The pages one of whose names contains the text."""
    for group, entries in GROUPS:
        for entry, address in navigation.visible(request, entries):
            known = [str(name) for name in entry.known_as if wanted in str(name).lower()]
            if wanted in str(entry.title).lower() or wanted in str(group).lower():
                known = [str(group)]
            if known:
                yield {"title": entry.title, "description": known[0], "link": address, "icon": entry.icon}


def nouns(request: HttpRequest, wanted: str) -> Iterator[Result]:
    """Phones, end users, profiles, numbers and headsets whose name begins so."""
    people = Account.objects.filter(kind=Account.END)
    profiles = DeviceProfile.objects.exclude(kind=DeviceProfile.AUTO)
    looks: list[tuple[Any, Any, str, str, str]] = [
        (_("Phone"), Phone.objects.filter(folded_name__startswith=wanted.lower()), "name", "phones_phone", "deskphone"),
        (_("End user"), people.filter(user_id__startswith=wanted.lower()), "user_id", "admin_web_enduser", "person"),
        (_("End user"), people.filter(last_name__istartswith=wanted), "user_id", "admin_web_enduser", "person"),
        (_("Device profile"), profiles.filter(name__startswith=wanted), "name", "phones_deviceprofile",
         "contact_phone"),
        (_("Directory number"), DirectoryNumber.objects.filter(pattern__startswith=wanted), "pattern",
         "dialplan_directorynumber", "tag"),
        (_("Headset"), Headset.objects.filter(folded_serial__startswith=wanted.lower()), "serial", "headsets_headset",
         "headset_mic"),
    ]  # fmt: skip
    for what, found, name, page, icon in looks:
        if not request.user.has_perm(_permission(page)):
            continue
        for key, text in found.order_by().values_list("pk", name)[:EACH]:
            yield {"title": text, "description": what, "link": reverse(f"admin:{page}_change", args=[key]),
                   "icon": icon}  # fmt: skip


def _permission(page: str) -> str:
    app, model = page.rsplit("_", 1)
    return f"{app}.view_{model}"
