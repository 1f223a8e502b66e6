"""The area that a page stands in, for the way to it above the page: the navigation's, not that of its code."""

from __future__ import annotations

from typing import Any

from django import template

from roamline.doors.admin_web.menu import GROUPS
from roamline.doors.admin_web.navigation import address_of

register = template.Library()


@register.filter
def in_its_area(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of the way to a page, the first of them the group of the navigation that its list is in."""
    lists = {str(part.get("link", "")) for part in parts[1:2]}
    for title, entries in GROUPS:
        if any(address_of(entry.view) in lists for entry in entries):
            return [{"title": title}, *parts[1:]]
    return parts
