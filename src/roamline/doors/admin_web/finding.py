"""Finding by field, as the field's administrators do: *device name – begins with – SEP00* (EM-9).

Up to six conditions, of which all or any must hold. The query stays in the address, so a list can be kept as a
bookmark; sorting and paging keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin

FIELD, HOW, TEXT, MATCH = "find", "how", "text", "match"
OURS = (FIELD, HOW, TEXT, MATCH)
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
        """What it asks of a model's rows; None when it asks nothing, as an empty text does.

        A path that meets several rows is asked apart, so that a noun comes once.
        """
        filled = Q(**{f"{self.field}__gt": ""})
        if self.how in {"empty", "filled"}:
            if _has_many(model, self.field):
                there: Any = Exists(model._base_manager.filter(filled, pk=OuterRef("pk")))
                return there if self.how == "filled" else ~there
            return filled if self.how == "filled" else Q(**{f"{self.field}__isnull": True}) | Q(**{self.field: ""})
        if not self.text:
            return None
        found = Q(**{f"{self.field}__{HOWS[self.how][1]}": self.text})
        if _has_many(model, self.field):
            return Q(pk__in=model._base_manager.filter(found).values("pk"))
        return found


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


def _has_many(model: Any, path: str) -> bool:
    """Whether a path through other nouns meets several rows."""
    for step in path.split("__"):
        field: Any = model._meta.get_field(step)
        if field.one_to_many or field.many_to_many:
            return True
        model = field.related_model
    return False


def label_of(model: Any, path: str) -> str:
    """What a field is called; of a path through other nouns, what its first step is called."""
    return str(model._meta.get_field(path.partition("__")[0]).verbose_name)
