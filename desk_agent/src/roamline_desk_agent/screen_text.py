"""A screen as plain text, for a terminal. Pure."""

from collections.abc import Mapping
from typing import Any

NOTHING = "nothing to show"
HAPPENS = {"sign_in": "signs in", "sign_out": "signs out"}


def as_text(shown: Mapping[str, Any]) -> str:
    """What `screen` answers, for people."""
    screen, read_only = shown["screen"], shown["read_only"]
    if screen is None:
        return NOTHING
    fields = [f"  {field['label']}: {_value(field)}" for field in screen["fields"]]
    choices = [
        f"    {each['value']}: {each['label']}" for field in screen["fields"] for each in field["choices"]
    ]  # the value is what `press --field` needs
    keys = "  ".join(f"[{key['key']}] {key['label']}" for key in screen["softkeys"])
    parts = [screen["title"], "=" * len(screen["title"]), screen["text"], *fields, *choices, countdown_text(screen)]
    return "\n".join(part for part in [*parts, "answer on the phone" if read_only else keys] if part)


def countdown_text(screen: Mapping[str, Any]) -> str:
    """`signs in in 12 s`, or an empty text."""
    countdown = screen["countdown"]
    if countdown is None:
        return ""
    return f"{HAPPENS.get(countdown['then'], countdown['then'])} in {countdown['seconds']} s"


def headsets_text(headsets: Mapping[str, Any]) -> str:
    """What `headsets` answers, for people."""
    label = " (simulated)" if headsets["source"] == "simulated" else ""
    lines = [
        f"{each['serial']}  {each['model']}  {each['vendor']}  {each['firmware']}".rstrip() + label
        for each in headsets["connected"]
    ]
    lines += [f"{each['model']} {each['why']}: it cannot be associated" for each in headsets["unusable"]]
    return "\n".join(lines) or "no headset is connected"


def _value(field: Mapping[str, Any]) -> str:
    if field["kind"] == "pin":
        return "****"
    return str(field["value"]) or "-"
