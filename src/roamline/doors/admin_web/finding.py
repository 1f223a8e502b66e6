"""Finding by field, as the field's administrators do: *device name – begins with – SEP00* (EM-9).

The query stays in the address, so a list can be kept as a bookmark; sorting and paging keep it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin

FIELD, HOW, TEXT = "find", "how", "text"
LONGEST = 200

HOWS: dict[str, tuple[Any, str]] = {
    "begins": (_("begins with"), "istartswith"),
    "contains": (_("contains"), "icontains"),
    "is": (_("is exactly"), "iexact"),
    "ends": (_("ends with"), "iendswith"),
    "empty": (_("is empty"), ""),
    "filled": (_("is not empty"), ""),
}


class FindList(skin.ChangeList):  # type: ignore[misc]
    """A list that is found by a field, a comparison and a text; a page names its ``find_fields``."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The parameters that filters may take: all but ours."""
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (FIELD, HOW, TEXT)}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Those that match the filters and what is looked for."""
        queryset: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        if self.wanted(FIELD) not in self.model_admin.find_fields:
            return queryset
        return matching(queryset, self.wanted(FIELD), self.wanted(HOW) or "begins", self.wanted(TEXT))

    def wanted(self, name: str) -> str:
        """A parameter of the query."""
        return str(self.params.get(name, ""))[:LONGEST].strip()

    @property
    def find_bar(self) -> dict[str, Any] | None:
        """What the bar above the list shows; None when the page has no fields to find by."""
        fields = [(name, label_of(self.model, name)) for name in self.model_admin.find_fields]
        if not fields:
            return None
        field, how = self.wanted(FIELD), self.wanted(HOW) or "begins"
        return {
            "fields": [(name, label, name == field) for name, label in fields],
            "hows": [(name, label, name == how) for name, (label, _lookup) in HOWS.items()],
            "text": self.wanted(TEXT),
            "kept": [(name, value) for name, value in self.params.items() if name not in (FIELD, HOW, TEXT, "p")],
            "is_used": bool(field),
            "without": self.get_query_string(remove=[FIELD, HOW, TEXT]),
        }


def matching(queryset: QuerySet[Any], field: str, how: str, text: str) -> QuerySet[Any]:
    """Those whose field compares so with a text; all of them for a comparison that there is not."""
    nothing = Q(**{f"{field}__isnull": True}) | Q(**{field: ""})
    if how == "empty":
        return queryset.filter(nothing)
    if how == "filled":
        return queryset.exclude(nothing)
    if how not in HOWS or not text:
        return queryset
    return queryset.filter(**{f"{field}__{HOWS[how][1]}": text})


def label_of(model: Any, path: str) -> str:
    """What a field is called; of a path through other nouns, what its first step is called."""
    return str(model._meta.get_field(path.partition("__")[0]).verbose_name)
