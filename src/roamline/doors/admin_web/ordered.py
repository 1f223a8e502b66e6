"""Rows that stand in an order: edited together, saved together, so that two of them may change places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import F

SHIFT = 10_000
"""Added to the places of all rows before they get their new ones: the database allows a place to be taken once."""


class OrderedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row whose place is not checked against the database's present state, which is about to change as a whole."""

    places: tuple[str, ...] = ("position",)

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), *self.places}  # type: ignore[misc]


def kept_rows(formset: Any) -> list[Any]:
    """The rows of a form set that stay or are new, in the order of the form."""
    gone = set(formset.deleted_forms)
    return [form.instance for form in formset.forms if form not in gone and (form.instance.pk or form.has_changed())]


def save_rows(formset: Any, place: str, *, sort_by: Callable[[Any], Any], number: bool = True) -> None:
    """Save all rows of a form set, sorted; ``place`` becomes 1, 2, 3 … unless ``number`` is off, then it stays."""
    formset.save(commit=False)
    for row in formset.deleted_objects:
        row.delete()
    rows = sorted(kept_rows(formset), key=sort_by)
    for row in rows:
        if row.pk:
            type(row)._base_manager.filter(pk=row.pk).update(**{place: F(place) + SHIFT})
    for index, row in enumerate(rows, start=1):
        if number:
            setattr(row, place, index)
        row.save()
