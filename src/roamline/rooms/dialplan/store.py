"""Queries of the dial plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from roamline.platform import sql
from roamline.rooms.dialplan import rules
from roamline.rooms.dialplan.models import CompiledPattern, RoutePattern, TranslationPattern

_NUMBERS = """
SELECT c.css_id, c.position, p.name, n.pattern, n.id
  FROM dialplan_directorynumber n
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = n.partition_id
  JOIN dialplan_partition p ON p.id = n.partition_id
 WHERE n.pattern = %s AND c.css_id IN ({spaces})
"""

_PATTERNS = """
SELECT c.css_id, c.position, p.name, COALESCE(r.pattern, x.pattern), k.specificity, COALESCE(t.name, ''), k.strip,
       COALESCE(r.prefix, x.prefix), COALESCE(x.id, 0), COALESCE(x.css_id, 0), COALESCE(r.id, 0)
  FROM dialplan_compiledpattern k
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = k.partition_id
  JOIN dialplan_partition p ON p.id = k.partition_id
  LEFT JOIN dialplan_routepattern r ON r.id = k.route_pattern_id
  LEFT JOIN dialplan_translationpattern x ON x.id = k.translation_id
  LEFT JOIN dialplan_trunk t ON t.id = r.trunk_id
 WHERE %s LIKE k.like_pattern AND k.symbols = %s AND c.css_id IN ({spaces})
"""

_SPACES = "SELECT css_id FROM dialplan_callingsearchspacemember WHERE partition_id = %s ORDER BY css_id"

_KNOWN = """
SELECT 1 FROM dialplan_directorynumber WHERE pattern = %s
UNION ALL SELECT 1 FROM dialplan_compiledpattern WHERE %s LIKE like_pattern AND symbols = %s
LIMIT 1
"""


def spaces_with(partition: int) -> list[int]:
    """The calling search spaces that have a partition."""
    return [int(css) for (css,) in sql.rows(_SPACES, [partition])]


def is_known(number: str) -> bool:
    """Whether a number or pattern of any partition matches."""
    return sql.row(_KNOWN, [number, number, _symbols(number)]) is not None


def _symbols(number: str) -> int:
    return sum(number.count(symbol) for symbol in rules.SYMBOLS)


def numbers_reached(spaces: Sequence[int], number: str) -> list[rules.Match]:
    """Directory numbers of exactly these digits that the spaces reach; ``search`` is the space's place in the list."""
    statement = _NUMBERS.format(spaces=sql.marks(len(spaces)))
    closeness = rules.exact_specificity(number)
    return [
        rules.Match(spaces.index(css), position, closeness, "number", partition, pattern, noun_id=number_id)
        for css, position, partition, pattern, number_id in sql.rows(statement, [number, *spaces])
    ]


def patterns_reached(spaces: Sequence[int], number: str) -> list[rules.Match]:
    """Route and translation patterns that match the number and that the spaces reach."""
    statement = _PATTERNS.format(spaces=sql.marks(len(spaces)))
    return [_match(row, spaces, number) for row in sql.rows(statement, [number, _symbols(number), *spaces])]


def _match(row: Sequence[Any], spaces: Sequence[int], number: str) -> rules.Match:
    css, position, partition, pattern, specificity, trunk, strip, prefix, translation, next_css, route = row
    action = "translate" if translation else "trunk" if trunk else "block"
    return rules.Match(
        spaces.index(css), position, specificity, action, partition, pattern, trunk,
        "" if action == "block" else rules.sent_as(number, strip, prefix), next_css, translation or route,
    )  # fmt: skip


def replace_compiled(pattern: RoutePattern | TranslationPattern, compiled: Sequence[rules.CompiledRow]) -> None:
    """Put a pattern's rows in place of those that it had."""
    owner = {"translation" if isinstance(pattern, TranslationPattern) else "route_pattern": pattern}
    CompiledPattern.objects.filter(**owner).delete()
    CompiledPattern.objects.bulk_create(
        CompiledPattern(
            partition_id=pattern.partition_id,
            like_pattern=row.like_pattern,
            lead=row.lead,
            specificity=row.specificity,
            strip=row.strip if pattern.discard_before_dot else 0,
            symbols=row.symbols,
            **owner,
        )
        for row in compiled
    )
