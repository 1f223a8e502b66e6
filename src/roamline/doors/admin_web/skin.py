"""The one place that knows the skin (django-unfold): with Django's own classes here the pages stay, plainer.

Also what the skin is told of us: colours, style sheets, and where the navigation and the first page's numbers are.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.templatetags import unfold_list
from unfold.views import ChangeList
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

__all__ = [
    "AdminOwnPasswordChangeForm",
    "AuthenticationForm",
    "ChangeList",
    "ModelAdmin",
    "StackedInline",
    "TabularInline",
    "autocomplete",
    "checkboxes",
    "display",
    "headers_once",
    "number",
    "password",
    "select",
    "switch",
    "text",
    "textarea",
]


def text(**attributes: Any) -> forms.Widget:
    """A field for one line of text."""
    return UnfoldAdminTextInputWidget(attrs=attributes)  # type: ignore[no-any-return]


def number(least: int, most: int) -> forms.Widget:
    """A field for a whole number."""
    return UnfoldAdminIntegerFieldWidget(attrs={"min": least, "max": most})  # type: ignore[no-any-return]


def textarea(rows: int = 3) -> forms.Widget:
    """A field for several lines of text."""
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})  # type: ignore[no-any-return]


def password() -> forms.Widget:
    """A masked field that browsers do not fill in by themselves."""
    return UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})  # type: ignore[no-any-return]


def switch() -> forms.Widget:
    """A yes or no."""
    return UnfoldBooleanSwitchWidget()  # type: ignore[no-any-return]


def select() -> forms.Select:
    """One of few."""
    return UnfoldAdminSelectWidget()  # type: ignore[no-any-return]


def checkboxes() -> forms.Widget:
    """Several of few."""
    return UnfoldAdminCheckboxSelectMultipleWidget()  # type: ignore[no-any-return]


def autocomplete(model: type[Model], field: str) -> forms.Widget:
    """One of many, found by typing: those that ``field`` of ``model`` can point to."""
    return AutocompleteSelect(model._meta.get_field(field), admin.site)


def headers_once() -> None:
    """Have the skin make a list's headers once: it made them again for each row, a fifth of the page's time."""
    made = unfold_list.result_headers

    def kept(cl: Any) -> list[Any]:
        """The headers of a list."""
        if "headers_made" not in vars(cl):
            cl.headers_made = list(made(cl))
        return cl.headers_made  # type: ignore[no-any-return]

    unfold_list.result_headers = kept
