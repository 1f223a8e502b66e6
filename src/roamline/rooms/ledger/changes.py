"""Administrative changes: what a noun looked like before and after, who changed it, by which way, from where (AD-1).

A door takes a noun's facts before it writes, writes, and hands both to :func:`record_changed` in the same transaction:
the audit entry names every difference, and the noun's ``revision`` grows, by which the next editor who began earlier
is told. Facts never hold a secret: what is not editable, and passwords, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, ForeignKey, Model

from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry

Facts = dict[str, Any]

HIDDEN = frozenset({"id", "uuid", "revision", "password", "last_login"})
LOOKED_BACK = 50
"""How many entries of a noun's history are looked at to say who changed it meanwhile."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, by which way (web, REST, AXL, command line) and from which address."""

    name: str
    way: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Where the audit shows the noun: a phone as device, an account as user, anything else as subject."""

    subject: str = ""
    user_id: str = ""
    device: str = ""


class InUse(Exception):
    """Something cannot be deleted now; ``reasons`` say why, in words for the administrator."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


def facts_of(noun: Model, children: Iterable[str] = ()) -> Facts:
    """What an administrator can set on a noun, as readable values; ``children`` are related names to include."""
    facts = {
        field.name: _readable(noun, field)
        for field in noun._meta.concrete_fields
        if field.editable and field.name not in HIDDEN
    }
    for field in noun._meta.many_to_many:
        if noun.pk and getattr(field.remote_field.through, "_meta").auto_created:  # noqa: B009 - untyped
            facts[field.name] = sorted(str(each) for each in getattr(noun, field.name).all())
    for child in children:
        facts[child] = [_child_facts(row, noun) for row in getattr(noun, child).all()]
    return facts


def _child_facts(row: Model, parent: Model) -> Facts:
    return {name: value for name, value in facts_of(row).items() if not _points_at(row, name, parent)}


def _points_at(row: Model, name: str, parent: Model) -> bool:
    field: Any = row._meta.get_field(name)
    if not isinstance(field, ForeignKey) or getattr(row, field.attname) != parent.pk:
        return False
    model: Any = field.related_model
    return isinstance(parent, model)


def _readable(noun: Model, field: Any) -> Any:
    if isinstance(field, ForeignKey):
        related = getattr(noun, field.name)
        return None if related is None else str(related)
    value = field.value_from_object(noun)
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)


def differences(before: Facts, after: Facts) -> dict[str, dict[str, Any]]:
    """What differs between two facts of one noun: ``{name: {"before": …, "after": …}}``."""
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def record_added(noun: Model, kind: str, facts: Facts, names: Names, author: Author, now: datetime) -> None:
    """Audit that a noun was added, with everything that it was given."""
    changed = {name: {"before": None, "after": value} for name, value in facts.items() if value not in ("", None, [])}
    _record(noun, f"{kind}.added", changed, names, author, now)


def record_changed(
    noun: Model, kind: str, before: Facts, after: Facts, names: Names, author: Author, now: datetime
) -> dict[str, dict[str, Any]]:
    """Audit what changed and let the revision grow; what changed, empty (and nothing written) when nothing did."""
    changed = differences(before, after)
    if changed:
        type(noun)._base_manager.filter(pk=noun.pk).update(revision=F("revision") + 1)
        noun.refresh_from_db(fields=["revision"])
        _record(noun, f"{kind}.changed", changed, names, author, now)
    return changed


def record_deleted(noun: Model, kind: str, facts: Facts, names: Names, author: Author, now: datetime) -> None:
    """Audit that a noun was deleted, with everything that it had."""
    changed = {name: {"before": value, "after": None} for name, value in facts.items() if value not in ("", None, [])}
    _record(noun, f"{kind}.deleted", changed, names, author, now)


def changed_since(noun: Model, revision: int) -> list[AuditEntry]:
    """The entries of a noun's changes after a revision, oldest first."""
    found = history_of(noun)[:LOOKED_BACK]
    return [entry for entry in reversed(found) if int(entry.details.get("revision", 0)) > revision]


def history_of(noun: Model) -> Any:
    """The audit entries of a noun's changes, newest first, as a query set."""
    return AuditEntry.objects.filter(details__noun=str(noun.uuid)).order_by("-id")  # type: ignore[attr-defined]


def _record(
    noun: Model, action: str, changed: dict[str, dict[str, Any]], names: Names, author: Author, now: datetime
) -> None:
    details = {"noun": str(noun.uuid), "revision": noun.revision, "changes": changed}  # type: ignore[attr-defined]
    ledger.record(
        at=now, action=action, actor=author.name, way=author.way, source=author.source, user_id=names.user_id,
        device=names.device, subject=names.subject, details=details,
    )  # fmt: skip
