"""Counting what belongs to each noun of a list: for the page that is shown only, however long the list is."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property

MOST_COUNTED = 10_000
"""Rows of a list that are counted and paged through: who has more to look through finds by a condition."""


def count_of(rows: QuerySet[Any], field: str) -> Subquery:
    """How many of these rows point to a noun by ``field``; to annotate a list with, unlike a join without grouping.

    ``COUNT`` stands there as a plain function: as an aggregate Django would have each count grouped for itself, which
    takes longer and leaves nothing instead of 0.
    """
    mine = rows.filter(**{field: OuterRef("pk")}).order_by()
    return Subquery(mine.values(count=Func(F("pk"), function="COUNT", output_field=IntegerField())))


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of a list that count no further than :data:`MOST_COUNTED`."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or the most that are counted."""
        rows: Any = self.object_list
        if isinstance(rows, list):
            return len(rows)
        return int(rows.order_by().values("pk")[:MOST_COUNTED].count())
