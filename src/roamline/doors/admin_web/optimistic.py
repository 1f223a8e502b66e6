"""Two administrators on one page: the later save is refused, with who changed what meanwhile."""

from __future__ import annotations

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from roamline.rooms.ledger import changes

FIELD = "_revision"
"""The form's hidden field that carries the revision which the administrator saw."""


def objections(noun: Any, posted: str | None) -> list[str]:
    """Why a form must not be saved over a noun: empty when nobody changed it since the form was opened."""
    if posted is None or not posted.isdigit():
        return [_("The form does not say which state of the page it changes. Open the page anew.")]
    seen = int(posted)
    if seen == noun.revision:
        return []
    found = [_explain(entry) for entry in changes.changed_since(noun, seen)]
    return [
        _("Not saved: somebody else changed this meanwhile."),
        *found,
        _("Your input is still below. Save again to put it in place of theirs, or open the page anew to keep theirs."),
    ]


def _explain(entry: Any) -> str:
    when = formats.localize(timezone.localtime(entry.at))
    return _("%(who)s at %(when)s: %(what)s.") % {
        "who": entry.actor or "?",
        "when": when,
        "what": "; ".join(difference_texts(entry.details.get("changes", {}))),
    }


def difference_texts(changed: dict[str, Any]) -> list[str]:
    """Every difference of a change as ``name: before → after``."""
    return [
        f"{name.replace('_', ' ')}: {readable(each.get('before'))} → {readable(each.get('after'))}"
        for name, each in changed.items()
    ]


def readable(value: Any) -> str:
    """A value of an audit entry for people."""
    if value in (None, "", []):
        return "–"
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if isinstance(value, dict):
        return " ".join(readable(each) for each in value.values() if each not in (None, "", False))
    if isinstance(value, list):
        return ", ".join(readable(each) for each in value)
    return str(value)
