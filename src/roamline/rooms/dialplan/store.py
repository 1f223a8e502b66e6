"""Queries of the dial plan."""

from __future__ import annotations

from collections.abc import Sequence

from roamline.platform import sql
from roamline.rooms.dialplan import rules
from roamline.rooms.dialplan.models import CompiledPattern, RoutePattern

_NUMBERS = """
SELECT c.css_id, c.position, p.name, n.pattern
  FROM dialplan_directorynumber n
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = n.partition_id
  JOIN dialplan_partition p ON p.id = n.partition_id
 WHERE n.pattern = %s AND c.css_id IN ({spaces})
"""

_PATTERNS = """
SELECT c.css_id, c.position, p.name, r.pattern, k.specificity, COALESCE(t.name, ''), k.strip, r.prefix
  FROM dialplan_compiledpattern k
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = k.partition_id
  JOIN dialplan_partition p ON p.id = k.partition_id
  JOIN dialplan_routepattern r ON r.id = k.route_pattern_id
  LEFT JOIN dialplan_trunk t ON t.id = r.trunk_id
 WHERE %s LIKE k.like_pattern AND k.symbols = %s AND c.css_id IN ({spaces})
"""


def numbers_reached(spaces: Sequence[int], number: str) -> list[rules.Match]:
    """Directory numbers of exactly these digits that the spaces reach; ``search`` is the space's place in the list."""
    statement = _NUMBERS.format(spaces=sql.marks(len(spaces)))
    closeness = rules.exact_specificity(number)
    return [
        rules.Match(spaces.index(css), position, closeness, "number", partition, pattern)
        for css, position, partition, pattern in sql.rows(statement, [number, *spaces])
    ]


def patterns_reached(spaces: Sequence[int], number: str) -> list[rules.Match]:
    """Route patterns that match the number and that the spaces reach."""
    statement = _PATTERNS.format(spaces=sql.marks(len(spaces)))
    symbols = sum(number.count(symbol) for symbol in rules.SYMBOLS)
    return [
        rules.Match(
            spaces.index(css),
            position,
            specificity,
            "trunk" if trunk else "block",
            partition,
            pattern,
            trunk,
            rules.sent_to_trunk(number, strip, prefix) if trunk else "",
        )
        for css, position, partition, pattern, specificity, trunk, strip, prefix in sql.rows(
            statement, [number, symbols, *spaces]
        )
    ]


def replace_compiled(pattern: RoutePattern, compiled: Sequence[rules.CompiledRow]) -> None:
    """Put a pattern's rows in place of those that it had."""
    CompiledPattern.objects.filter(route_pattern=pattern).delete()
    CompiledPattern.objects.bulk_create(
        CompiledPattern(
            partition_id=pattern.partition_id,
            route_pattern=pattern,
            like_pattern=row.like_pattern,
            lead=row.lead,
            specificity=row.specificity,
            strip=row.strip if pattern.discard_before_dot else 0,
            symbols=row.symbols,
        )
        for row in compiled
    )
