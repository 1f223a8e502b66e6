"""Which rows a text meets, also in fields that lie behind other nouns (EM-9): each table is read for itself.

A join of what lies behind would be made for every row of a list, and would have a row come several times; what is
asked here is a set of keys at each step, so that a database reads one column of each table once. Every field that is
asked so is a text.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

MOST_WORDS = 8
"""Words of a search; what comes after them is not looked at."""
SHORT = 1
"""Texts up to this length, such as one digit, are contained in most names. PostgreSQL weighs itself what is quicker."""


def rows_with(model: Any, path: str, lookup: str, text: str) -> Q:
    """The rows whose field at ``path``, such as ``lines__directory_number__pattern``, meets a text by a lookup."""
    step, _between, rest = path.partition("__")
    if not rest:
        return Q(**{f"{step}__{lookup}": text})
    if lookup == "icontains" and len(text) <= SHORT and connection.vendor == "sqlite":
        return row_by_row(model, path, lookup, text)
    field: Any = model._meta.get_field(step)
    if field.auto_created:
        return Q(pk__in=_keys_with(model, path, lookup, text))
    return Q(**{f"{step}__in": _keys_with(field.related_model, rest, lookup, text)})


def row_by_row(model: Any, path: str, lookup: str, text: str) -> Q:
    """The same rows, each asked for itself: quick where most rows are met, as a list ends after its first thousands."""
    return Q(Exists(model._base_manager.filter(Q(**{f"{path}__{lookup}": text}), pk=OuterRef("pk"))))


def _keys_with(model: Any, path: str, lookup: str, text: str) -> QuerySet[Any]:
    """The keys of those rows; where another noun points to them, its rows are asked and no others."""
    step, _between, rest = path.partition("__")
    field: Any = model._meta.get_field(step)
    if not rest or not field.auto_created:
        return cast("QuerySet[Any]", model._base_manager.filter(rows_with(model, path, lookup, text)).values("pk"))
    pointing = field.related_model._base_manager.filter(rows_with(field.related_model, rest, lookup, text))
    return cast("QuerySet[Any]", pointing.values(field.field.attname))


def searched(rows: QuerySet[Any], fields: tuple[str, ...], text: str) -> QuerySet[Any]:
    """Those rows that have every word of a text in one of these fields; a field with ``=`` before it is the word."""
    for word in list(smart_split(text))[:MOST_WORDS] if fields else []:
        plain = unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
        rows = rows.filter(reduce(or_, (_meets(rows.model, field, plain) for field in fields)))
    return rows


def _meets(model: Any, field: str, word: str) -> Q:
    lookup = "iexact" if field.startswith("=") else "icontains"
    return rows_with(model, field.removeprefix("="), lookup, word)
