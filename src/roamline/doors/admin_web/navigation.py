"""The navigation, in the order and under the names that the field knows (EM-10); see :mod:`.menu` for its entries.

A page whose address does not exist on this site is left out, so an entry may stand here before its page does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.menu import GROUPS, Entry


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The navigation of whoever is signed in: only what there is and they may see."""
    overview = {"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": None, "items": [overview]}]
    for title, entries in GROUPS:
        items = [_item(entry, address) for entry, address in visible(request, entries)]
        if items:
            groups.append({"title": title, "separator": True, "collapsible": True, "items": items})
    return groups


def visible(request: HttpRequest, entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, str]]:
    """The entries that exist and that whoever is signed in may see, with their addresses."""
    for entry in entries:
        address = address_of(entry.view)
        if address and request.user.has_perm(entry.permission):
            yield entry, address


def _item(entry: Entry, address: str) -> dict[str, Any]:
    return {"title": entry.title, "icon": entry.icon, "link": address, "active": _is_active(address)}


def address_of(view: str) -> str:
    """The address of a page, named ``view`` or ``view:argument``; empty when this site has no such page."""
    name, _colon, argument = view.partition(":")
    try:
        return reverse(f"admin:{name}", args=[argument] if argument else [])
    except NoReverseMatch:
        return ""


def _is_active(address: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.path.startswith(address)
