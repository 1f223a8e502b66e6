"""A screen as plain text, for a terminal. Pure."""

from collections.abc import Mapping
from typing import Any

from roamline_desk_agent.words import _, gettext_noop

NOTHING = gettext_noop("nothing to show")
HAPPENS = {"sign_in": gettext_noop("signs in in %(seconds)s s"), "sign_out": gettext_noop("signs out in %(seconds)s s")}


def as_text(shown: Mapping[str, Any]) -> str:
    """What `screen` answers, for people."""
    screen, read_only = shown["screen"], shown["read_only"]
    if screen is None:
        return _(NOTHING)
    fields = [f"  {field['label']}: {_value(field)}" for field in screen["fields"]]
    choices = [
        f"    {each['value']}: {each['label']}" for field in screen["fields"] for each in field["choices"]
    ]  # the value is what `press --field` needs
    keys = "  ".join(f"[{key['key']}] {key['label']}" for key in screen["softkeys"])
    parts = [screen["title"], "=" * len(screen["title"]), screen["text"], *fields, *choices, countdown_text(screen)]
    return "\n".join(part for part in [*parts, _("answer on the phone") if read_only else keys] if part)


def countdown_text(screen: Mapping[str, Any]) -> str:
    """`signs in in 12 s`, or an empty text."""
    countdown = screen["countdown"]
    if countdown is None:
        return ""
    said = HAPPENS.get(countdown["then"])
    return _(said) % {"seconds": countdown["seconds"]} if said else f"{countdown['then']}: {countdown['seconds']} s"


def headsets_text(headsets: Mapping[str, Any]) -> str:
    """What `headsets` answers, for people."""
    label = " " + _("(simulated)") if headsets["source"] == "simulated" else ""
    lines = [
        f"{each['serial']}  {each['model']}  {each['vendor']}  {each['firmware']}".rstrip() + label
        for each in headsets["connected"]
    ]
    lines += [
        _("%(model)s %(why)s: it cannot be associated") % {"model": each["model"], "why": _(_why(each))}
        for each in headsets["unusable"]
    ]
    return "\n".join(lines) or _("no headset is connected")


def _value(field: Mapping[str, Any]) -> str:
    if field["kind"] == "pin":
        return "****"
    return str(field["value"]) or "-"


def _why(unusable: Mapping[str, Any]) -> str:
    return str(unusable["why"])
