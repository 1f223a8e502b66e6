"""Counting what belongs to each noun of a list: for the page that is shown only, however long the list is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any], field: str) -> Coalesce:
    """How many of these rows point to a noun by ``field``; to annotate a list with, unlike a join without grouping."""
    mine = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(mine.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)
