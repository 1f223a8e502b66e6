"""Screens as the page reads them: title, text, fields, items and soft keys, with sealed links."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from roamline.doors.web_phone.links import Links
from roamline.doors.web_phone.services import Screen
from roamline.wires.phone_xml import Input, InputItem, InputKind, Menu, SoftKey, Text

KEYS = {"SoftKey:Submit": "submit", "SoftKey:Select": "select", "SoftKey:Exit": "exit", "SoftKey:<<": "erase"}
DIGITS = frozenset({InputKind.NUMERIC, InputKind.TELEPHONE, InputKind.EQUATION})

Json = dict[str, Any]


def as_json(screen: Screen, links: Links) -> Json:
    """A service's screen for the page.

    ``key`` of a soft key is what it does: ``submit``, ``select``, ``exit``, ``erase``, or ``open`` its ``link``;
    a link is None where there is nothing that this phone may open.
    """
    shown: Json = {
        "title": screen.title,
        "prompt": screen.prompt,
        "text": "",
        "fields": [],
        "items": [],
    }
    if isinstance(screen, Text):
        shown["text"] = screen.text
    elif isinstance(screen, Input):
        # What a masked field holds never travels in an address, whatever method the service asks for.
        posts = screen.method == "post" or any(item.masked for item in screen.items)
        shown["submit"] = links.seal(screen.url, posts=posts)
        shown["fields"] = [_field(item) for item in screen.items]
    else:
        shown["items"] = [{"label": item.name, "link": links.seal(item.url)} for item in screen.items]
    shown["softkeys"] = [_soft_key(key, links) for key in _soft_keys(screen)]
    return shown


def failure(link: str | None) -> Json:
    """The screen for a service that could not be shown."""
    return {
        "title": _("Services"),
        "prompt": "",
        "text": _("The service does not answer. Try again in a moment."),
        "fields": [],
        "items": [],
        "softkeys": [
            {"label": _("Retry"), "key": "open", "link": link},
            {"label": _("Exit"), "key": "exit", "link": None},
        ],
    }


def _field(item: InputItem) -> Json:
    kind = "pin" if item.masked else "digits" if item.kind in DIGITS else "text"
    return {"name": item.parameter, "label": item.label, "kind": kind, "value": item.default, "choices": []}


def _soft_keys(screen: Screen) -> list[SoftKey]:
    """The screen's own keys in their order, else those that a phone shows by itself."""
    if screen.soft_keys:
        return sorted(screen.soft_keys, key=lambda key: key.position)
    leave = SoftKey(_("Exit"), 3, "SoftKey:Exit")
    if isinstance(screen, Input):
        return [SoftKey(_("Submit"), 1, "SoftKey:Submit"), SoftKey("<<", 2, "SoftKey:<<"), leave]
    return [SoftKey(_("Select"), 1, "SoftKey:Select"), leave] if isinstance(screen, Menu) else [leave]


def _soft_key(key: SoftKey, links: Links) -> Json:
    does = KEYS.get(key.url, "open")
    return {"label": key.name, "key": does, "link": links.seal(key.url) if does == "open" else None}
