"""Finding by field, as the field's administrators do: *device name – begins with – SEP00* (EM-9).

Up to six conditions, of which all or any must hold. The query stays in the address, so a list can be kept as a
bookmark; sorting and paging keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR
from django.core.paginator import InvalidPage
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.counting import MOST_COUNTED
from roamline.doors.admin_web.lookups import row_by_row, rows_with

FIELD, HOW, TEXT, MATCH = "find", "how", "text", "match"
OURS = (FIELD, HOW, TEXT, MATCH)
NOT_NARROWING = frozenset({ALL_VAR, ORDER_VAR, PAGE_VAR})
LONGEST = 200
MOST_CONDITIONS = 6

HOWS: dict[str, tuple[Any, str]] = {
    "begins": (_("begins with"), "istartswith"),
    "contains": (_("contains"), "icontains"),
    "is": (_("is exactly"), "iexact"),
    "ends": (_("ends with"), "iendswith"),
    "empty": (_("is empty"), ""),
    "filled": (_("is not empty"), ""),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the find bar."""

    field: str
    how: str
    text: str

    def query(self, model: Any) -> Any:
        """What it asks of a model's rows; None when it asks nothing, as an empty text does."""
        if self.how in {"empty", "filled"}:
            filled = row_by_row(model, self.field, "gt", "") if "__" in self.field else Q(**{f"{self.field}__gt": ""})
            return filled if self.how == "filled" else ~filled
        return rows_with(model, self.field, HOWS[self.how][1], self.text) if self.text else None


def conditions_of(request: HttpRequest, fields: tuple[str, ...]) -> list[Condition]:
    """The conditions of an address, in their order; those that speak of other fields or comparisons are left out."""
    given = (request.GET.getlist(name)[:MOST_CONDITIONS] for name in (FIELD, HOW, TEXT))
    names, hows, texts = given
    found = []
    for index, field in enumerate(names):
        how = hows[index] if index < len(hows) else "begins"
        text = texts[index][:LONGEST].strip() if index < len(texts) else ""
        if field in fields and how in HOWS:
            found.append(Condition(field, how, text))
    return found


class FindList(skin.ChangeList):  # type: ignore[misc]
    """A list that is found by fields; a page names its ``find_fields``."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The parameters that filters may take: all but ours."""
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in OURS}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Those that match the filters and what is looked for."""
        queryset: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        self.conditions = conditions_of(request, self.model_admin.find_fields)
        self.matches_any = request.GET.get(MATCH) == "any"
        return matching(queryset, self.conditions, matches_any=self.matches_any)

    def get_results(self, request: HttpRequest) -> None:
        """The page that is shown: first its keys, in their order, then its rows.

        So a database sorts keys, not rows with all that is shown of them. What is looked for may read whole tables,
        so that is done once, not for the count and for the page: its keys are all taken.
        """
        keys: Any = self.queryset.values_list("pk", flat=True)
        is_narrowed = any(name not in NOT_NARROWING for name in request.GET)
        if is_narrowed:
            keys = list(keys[:MOST_COUNTED])
        self.paginator = self.model_admin.get_paginator(request, keys, self.list_per_page)
        self.result_count = self.paginator.count
        self.full_result_count = None if is_narrowed else self.result_count
        self.show_full_result_count, self.show_admin_actions = False, True
        self.can_show_all = self.result_count <= self.list_max_show_all
        self.multi_page = self.result_count > self.list_per_page
        if self.multi_page and not (self.show_all and self.can_show_all):
            try:
                keys = self.paginator.page(self.page_num).object_list
            except InvalidPage as problem:
                raise IncorrectLookupParameters from problem
        self.result_list = self._rows(list(keys))

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than are counted."""
        return bool(self.result_count >= MOST_COUNTED)

    def _rows(self, keys: list[Any]) -> list[Any]:
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=keys).order_by())
        by_key = {row.pk: row for row in rows}
        return [by_key[key] for key in keys if key in by_key]

    @property
    def find_bar(self) -> dict[str, Any] | None:
        """What the bar above the list shows; None when the page has no fields to find by."""
        labels = self.model_admin.find_labels
        fields = [
            (name, capfirst(labels.get(name) or label_of(self.model, name))) for name in self.model_admin.find_fields
        ]
        if not fields:
            return None
        shown = self.conditions or [Condition(fields[0][0], "begins", "")]
        kept = {name: values for name, values in self.filter_params.items() if name not in OURS}
        return {
            "rows": [
                {
                    "fields": [(name, label, name == each.field) for name, label in fields],
                    "hows": [(name, label, name == each.how) for name, (label, _lookup) in HOWS.items()],
                    "text": each.text,
                }
                for each in shown
            ],
            "most": MOST_CONDITIONS,
            "matches_any": self.matches_any,
            "kept": [(name, value) for name, values in kept.items() for value in values],
            "is_used": bool(self.conditions),
            "without": self.get_query_string(remove=list(OURS)),
        }


def matching(queryset: QuerySet[Any], conditions: list[Condition], *, matches_any: bool) -> QuerySet[Any]:
    """Those for which all conditions hold, or any."""
    queries = [query for each in conditions if (query := each.query(queryset.model)) is not None]
    return (
        queryset.filter(reduce(or_ if matches_any else and_, (Q(query) for query in queries))) if queries else queryset
    )


def label_of(model: Any, path: str) -> str:
    """What a field is called; of a path through other nouns, what its first step is called."""
    return str(model._meta.get_field(path.partition("__")[0]).verbose_name)
