"""Changing the dial plan, and asking it what a dialled number means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from roamline.rooms.dialplan import rules, store
from roamline.rooms.dialplan.models import RoutePattern


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a dialled number means to a caller: every match, closest first; the first one is what happens."""

    number: str
    candidates: list[rules.Match]

    @property
    def chosen(self) -> rules.Match | None:
        """The closest match, or None: the number is not reached."""
        return self.candidates[0] if self.candidates else None


def save_route_pattern(pattern: RoutePattern) -> RoutePattern | rules.PatternRefused:
    """Save a route pattern and compile it in the same transaction; refused (and nothing saved) when it cannot be.

    The next call is routed by it.
    """
    compiled = rules.compile_pattern(pattern.pattern)
    if isinstance(compiled, rules.PatternRefused):
        return compiled
    with transaction.atomic():
        pattern.save()
        store.replace_compiled(pattern, compiled)
    return pattern


def delete_route_pattern(pattern: RoutePattern) -> None:
    """Delete a route pattern with its compiled rows."""
    with transaction.atomic():
        pattern.delete()


def recompile() -> list[tuple[RoutePattern, rules.PatternRefused]]:
    """Compile every route pattern anew (after rows came in by another way); returns those that cannot be compiled."""
    refused: list[tuple[RoutePattern, rules.PatternRefused]] = []
    with transaction.atomic():
        for pattern in RoutePattern.objects.all():
            compiled = rules.compile_pattern(pattern.pattern)
            if isinstance(compiled, rules.PatternRefused):
                refused.append((pattern, compiled))
            store.replace_compiled(pattern, [] if isinstance(compiled, rules.PatternRefused) else compiled)
    return refused


def analyse(line_css: int | None, device_css: int | None, number: str) -> Analysis:
    """Digit analysis for a caller: its line's calling search space, then its device's (either may be None).

    Reads the rows that Kamailio reads. A text that cannot be dialled has no candidates.
    """
    spaces = _in_order(line_css, device_css)
    if not spaces or not rules.is_number(number):
        return Analysis(number, [])
    found = [*store.numbers_reached(spaces, number), *store.patterns_reached(spaces, number)]
    return Analysis(number, rules.closest_first(found))


def _in_order(*spaces: int | None) -> Sequence[int]:
    return list(dict.fromkeys(space for space in spaces if space))
