"""Changing the dial plan, and asking it what a dialled number means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.dialplan import rules, store
from roamline.rooms.dialplan.models import RoutePattern, TranslationPattern

NUMBER, TRUNK, BLOCKED, UNREACHED, NOT_A_NUMBER, TOO_MANY = (
    "number", "trunk", "block", "unreached", "not a number", "too many translations",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a dialled number means to a caller: every match, closest first; the first one is what happens."""

    number: str
    candidates: list[rules.Match]

    @property
    def chosen(self) -> rules.Match | None:
        """The closest match, or None: the number is not reached."""
        return self.candidates[0] if self.candidates else None


@dataclass(frozen=True, slots=True)
class Look:
    """One look-up on the way from what was dialled to what it means, with the spaces that it was made in."""

    line_css: int
    device_css: int
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class Meaning:
    """Where a dialled number leads: the look-ups, one more than translations, and how the last one ended.

    ``end`` is *number*, *trunk*, *block*, *unreached*, *not a number* or *too many translations*.
    """

    looks: tuple[Look, ...]
    end: str

    @property
    def number(self) -> str:
        """The number that the last look-up was for."""
        return self.looks[-1].analysis.number

    @property
    def match(self) -> rules.Match | None:
        """The match that decides; None when nothing matches."""
        return self.looks[-1].analysis.chosen


def save_route_pattern(pattern: RoutePattern) -> RoutePattern | rules.PatternRefused:
    """Save a route pattern and compile it in the same transaction; refused (and nothing saved) when it cannot be.

    The next call is routed by it.
    """
    refused = _save(pattern)
    return refused or pattern


@transaction.atomic
def save_translation_pattern(pattern: TranslationPattern) -> TranslationPattern | rules.PatternRefused:
    """Save a translation pattern and compile it in the same transaction; the next call is routed by it.

    Refused, and nothing saved, when it cannot be compiled, or when a number of the pattern leads through more than
    five translations in a calling search space that has its partition: that is a ring. What this one number does not
    show is ended at the call.
    """
    refused = _save(pattern)
    if refused is None and (ring := _ring_through(pattern)):
        transaction.set_rollback(True)
        text = _("It leads in a ring, or through more than five translations: %(ring)s.")
        return rules.PatternRefused(Wording(text, ring=" → ".join(ring)))
    return refused or pattern


def _ring_through(pattern: TranslationPattern) -> list[str]:
    """The numbers of the first ring that an example of the pattern runs into; empty when there is none."""
    example = rules.example_of(pattern.pattern)
    for space in store.spaces_with(pattern.partition_id):
        found = meaning(space, None, example)
        if found.end == TOO_MANY:
            return [look.analysis.number for look in found.looks]
    return []


def _save(pattern: RoutePattern | TranslationPattern) -> rules.PatternRefused | None:
    compiled = rules.compile_pattern(pattern.pattern)
    if isinstance(compiled, rules.PatternRefused):
        return compiled
    with transaction.atomic():
        pattern.save()
        store.replace_compiled(pattern, compiled)
    return None


def delete_route_pattern(pattern: RoutePattern) -> None:
    """Delete a route pattern with its compiled rows."""
    with transaction.atomic():
        pattern.delete()


def recompile() -> list[tuple[RoutePattern | TranslationPattern, rules.PatternRefused]]:
    """Compile every pattern anew (after rows came in by another way); returns those that cannot be compiled."""
    refused: list[tuple[RoutePattern | TranslationPattern, rules.PatternRefused]] = []
    with transaction.atomic():
        patterns: list[RoutePattern | TranslationPattern] = [
            *RoutePattern.objects.all(),
            *TranslationPattern.objects.all(),
        ]
        for pattern in patterns:
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


def meaning(line_css: int | None, device_css: int | None, number: str) -> Meaning:
    """What a number that a caller dials comes to, through at most five translations, as Kamailio finds it."""
    line, device = line_css or 0, device_css or 0
    looks: list[Look] = []
    while True:
        analysis = analyse(line, device, number)
        looks.append(Look(line, device, analysis))
        match = analysis.chosen
        if match is None:
            return Meaning(tuple(looks), UNREACHED if rules.is_number(number) else NOT_A_NUMBER)
        if match.action != "translate":
            return Meaning(tuple(looks), match.action)
        if len(looks) > rules.MOST_TRANSLATIONS:
            return Meaning(tuple(looks), TOO_MANY)
        number = match.sent_as
        if match.next_css:
            line = device = match.next_css


def is_known(number: str) -> bool:
    """Whether a number means anything to anybody: tells *not permitted* from *no such number*."""
    return rules.is_number(number) and store.is_known(number)


def _in_order(*spaces: int | None) -> Sequence[int]:
    return list(dict.fromkeys(space for space in spaces if space))
