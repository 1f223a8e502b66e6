"""What this cluster tells the others of its EMCC, and what they told (RO-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from roamline.rooms.clusters import service as clusters
from roamline.rooms.emcc import settings
from roamline.rooms.emcc.models import InterclusterServiceProfile
from roamline.rooms.emcc.rules import MOST_MARKS, Said, mark_of, marks_in, read_said
from roamline.rooms.ledger import service as ledger
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.emcc_devices import IS_EMCC_DEVICE
from roamline.rooms.phones.models import Phone

EMCC, NAMES = "emcc", "emcc_names"
"""Kinds of records: how EMCC is set up, and marks of the names of phones, by their first two digits."""
_BUCKET = 2


def listen() -> None:
    """Register what is told; once, when the application starts."""
    clusters.source(EMCC)(_own)
    clusters.source(NAMES)(_own_names)
    ledger.on_entry(_note_entry)


def own_facts() -> dict[str, Any]:
    """How EMCC is set up here, as other clusters are told."""
    enabled = [each.origin for each in settings.enabled_clusters()]
    return {"active": settings.profile().emcc_active, "enabled": enabled, "same": same_everywhere()}


def same_everywhere() -> dict[str, str]:
    """The parameters that must be the same in all clusters, by name."""
    values = parameters.now_in_force()
    return {each.name: values.text(each) for each in parameter_rules.SAME_EVERYWHERE}


def tell(now: datetime) -> None:
    """Tell the others how EMCC is set up here, when that is news; in the caller's transaction."""
    clusters.append(EMCC, "", own_facts(), now)


def told() -> dict[str, Said]:
    """What the other clusters said of theirs, by origin."""
    return {each.origin: read_said(each.payload or {}) for each in clusters.records_of_kind(EMCC)}


def names_shared() -> dict[str, tuple[str, ...]]:
    """The phones of this cluster that others have phones of the same name as, by the other's origin.

    EMCC devices have the same names everywhere, and do not count.
    """
    own = {mark_of(name): name for name in _phones()}
    found: defaultdict[str, list[str]] = defaultdict(list)
    ours = clusters.own_origin()
    for record in clusters.records_of_kind(NAMES):
        if record.origin != ours:
            found[record.origin] += [own[mark] for mark in marks_in(record.payload or {}) if mark in own]
    return {origin: tuple(sorted(names)) for origin, names in found.items() if names}


def _own() -> Iterable[tuple[str, dict[str, Any]]]:
    is_set_up = InterclusterServiceProfile.objects.exists()
    return [("", own_facts())] if is_set_up else []


def _own_names() -> Iterator[tuple[str, dict[str, Any]]]:
    """The marks of this cluster's phones; nothing while EMCC is not active."""
    if not settings.profile().emcc_active:
        return
    buckets: defaultdict[str, list[str]] = defaultdict(list)
    for name in _phones():
        mark = mark_of(name)
        buckets[mark[:_BUCKET]].append(mark)
    for bucket, marks in sorted(buckets.items()):
        yield bucket, {"marks": sorted(marks)[:MOST_MARKS]}


def _phones() -> Iterator[str]:
    return Phone.objects.exclude(IS_EMCC_DEVICE).order_by().values_list("name", flat=True).iterator(5000)


def _note_entry(action: str, _user_id: str, succeeded: bool, at: datetime) -> None:
    """A parameter was changed: it may be one of those that are to be the same everywhere."""
    if action == "parameter.changed" and succeeded and InterclusterServiceProfile.objects.exists():
        transaction.on_commit(partial(_tell_by_itself, at))


@transaction.atomic
def _tell_by_itself(now: datetime) -> None:
    tell(now)
