"""Administrative changes of the dial plan that are more than their rows."""

from __future__ import annotations

from django.db import transaction

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.dialplan import rules, service
from roamline.rooms.dialplan.models import RoutePattern, TranslationPattern

Pattern = RoutePattern | TranslationPattern


def objection_to(pattern: str) -> str:
    """Why a pattern cannot be compiled; empty when it can."""
    compiled = rules.compile_pattern(pattern)
    return compiled.reason if isinstance(compiled, rules.PatternRefused) else ""


def objection_to_place(pattern: Pattern) -> str:
    """Why a pattern cannot stand in its partition: another kind of pattern is there already; empty when it can."""
    other = RoutePattern if isinstance(pattern, TranslationPattern) else TranslationPattern
    twin = other.objects.filter(pattern=pattern.pattern, partition_id=pattern.partition_id).first()
    return Wording(_("The other kind of pattern stands there already: %(pattern)s."), pattern=twin) if twin else ""


def objection_to_translation(pattern: TranslationPattern) -> str:
    """Why a translation pattern cannot be saved, with the ring that it would close; empty when it can.

    Saves nothing.
    """
    with transaction.atomic():
        was = pattern.pk, pattern._state.adding
        saved = service.save_translation_pattern(pattern)
        transaction.set_rollback(True)
    pattern.pk, pattern._state.adding = was
    return saved.reason if isinstance(saved, rules.PatternRefused) else ""


def save_route_pattern(pattern: RoutePattern) -> None:
    """Save and compile a route pattern; ValueError when :func:`objection_to` has one: ask that first."""
    _saved(service.save_route_pattern(pattern))


def save_translation_pattern(pattern: TranslationPattern) -> None:
    """Save and compile a translation pattern; ValueError when :func:`objection_to_translation` has one."""
    _saved(service.save_translation_pattern(pattern))


def _saved(outcome: Pattern | rules.PatternRefused) -> None:
    if isinstance(outcome, rules.PatternRefused):
        raise ValueError(outcome.reason)
