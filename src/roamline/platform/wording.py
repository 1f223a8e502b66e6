"""Showing what rules have worded in the language of whoever looks."""

from __future__ import annotations

from django.utils.translation import gettext

from roamline.kernel.wording import Wording


def translated(text: str) -> str:
    """A rule's text in the active language; empty stays empty (gettext would give the catalogue's header)."""
    if isinstance(text, Wording):
        return gettext(text.template) % text.values
    return gettext(text) if text else ""
