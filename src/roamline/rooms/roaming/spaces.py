"""Calling search spaces by name, and the one that stands for those that are missing here (RO-11)."""

from __future__ import annotations

from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.roaming.models import RoamingSettings

EMPTY_SPACE = "Roaming default"


def default_space() -> CallingSearchSpace:
    """The space of roaming users' lines whose own is missing here; unless somebody chose one it reaches nothing."""
    chosen = RoamingSettings.objects.select_related("default_css").first()
    if chosen is not None and chosen.default_css is not None:
        return chosen.default_css
    return CallingSearchSpace.objects.get_or_create(name=EMPTY_SPACE)[0]


def named(name: str) -> CallingSearchSpace | None:
    """The space of a name, or the one that stands for it here; None for no name."""
    if not name:
        return None
    return CallingSearchSpace.objects.filter(name=name).first() or default_space()
