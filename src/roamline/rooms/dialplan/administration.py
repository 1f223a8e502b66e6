"""Administrative changes of the dial plan that are more than their rows."""

from __future__ import annotations

from roamline.rooms.dialplan import rules, service
from roamline.rooms.dialplan.models import RoutePattern


def objection_to(pattern: str) -> str:
    """Why a route pattern cannot be compiled; empty when it can."""
    compiled = rules.compile_pattern(pattern)
    return compiled.reason if isinstance(compiled, rules.PatternRefused) else ""


def save_route_pattern(pattern: RoutePattern) -> None:
    """Save and compile a route pattern; ValueError when :func:`objection_to` has one: ask that first."""
    saved = service.save_route_pattern(pattern)
    if isinstance(saved, rules.PatternRefused):
        raise ValueError(saved.reason)
