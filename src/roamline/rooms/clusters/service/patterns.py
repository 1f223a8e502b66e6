"""Patterns of other clusters: compiled for call routing, and compared: do two match a number in common?"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from roamline.rooms.clusters.models import Cluster, LearnedPattern
from roamline.rooms.clusters.rules import Received
from roamline.rooms.clusters.service.learning import on_record
from roamline.rooms.dialplan import rules as dialplan

SYMBOLS = "0123456789*#+"
_PART = re.compile(r"\[\^?[0-9*#-]+\]|[0-9*#+X!]")

Step = tuple[frozenset[str], bool]
"""What one part takes, and whether it takes one or more of it."""


@cache
def steps(pattern: str) -> tuple[Step, ...]:
    """A pattern as steps."""
    return tuple(_step(part) for part in _PART.findall(pattern.replace(".", "")))


def _step(part: str) -> Step:
    if part == "!":
        return frozenset(SYMBOLS), True
    if part == "X":
        return frozenset("0123456789"), False
    if part.startswith("["):
        return _listed(part[1:-1]), False
    return frozenset(part), False


def _listed(text: str) -> frozenset[str]:
    is_not = text.startswith("^")
    text = text.removeprefix("^")
    found: set[str] = set()
    for first, last in re.findall(r"([0-9*#])(?:-([0-9]))?", text):
        found |= set("0123456789"[int(first) : int(last) + 1]) if last and first.isdigit() else {first}
    return frozenset("0123456789") - found if is_not else frozenset(found)


def overlap(one: str, other: str) -> bool:
    """Whether some number matches both patterns."""
    return _meet(steps(one), steps(other))


@cache
def _meet(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    if not one or not other:
        return not one and not other
    (takes, is_many), (other_takes, other_is_many) = one[0], other[0]
    if not takes & other_takes:
        return False
    ones = [one[1:], one] if is_many else [one[1:]]
    others = [other[1:], other] if other_is_many else [other[1:]]
    return any(_meet(a, b) for a in ones for b in others if (a, b) != (one, other))


@on_record("pattern")
def _learn_pattern(record: Received, _now: datetime) -> None:
    """Compile a learned pattern; one that cannot be compiled routes nothing."""
    cluster = Cluster.objects.get(origin=record.origin)
    LearnedPattern.objects.filter(cluster=cluster, pattern=record.key[:50]).delete()
    compiled = dialplan.compile_pattern(record.key) if record.payload is not None and len(record.key) <= 50 else []
    if isinstance(compiled, dialplan.PatternRefused):
        return
    LearnedPattern.objects.bulk_create(
        LearnedPattern(
            cluster=cluster, pattern=record.key, like_pattern=row.like_pattern, specificity=row.specificity,
            symbols=row.symbols,
        )
        for row in compiled
    )  # fmt: skip
