"""Rows of a manager's profile: assistants, switches, and the callers that the filter names (EM-37)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import Rows
from roamline.doors.admin_web.ordered import OrderedForm, save_rows
from roamline.rooms.directory.models import Account
from roamline.rooms.features.models import Assistance, FilteredCaller, ManagerSettings

MOST_ASSISTANTS = 10
MOST_CALLERS = 100


class AssistantForm(OrderedForm):
    """One assistant."""

    position = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=9999, widget=skin.text(type="number", style="width: 5rem")
    )


class Assistants(Rows):
    """The assistants of the manager whose profile this is, in the order in which they are tried."""

    model = Assistance
    form = AssistantForm
    fk_name = "profile"
    fields = ("position", "account")
    autocomplete_fields = ("account",)
    ordering = ("position",)
    max_num = MOST_ASSISTANTS
    help_texts = {"account": _("Rings at this user's primary extension, else at the first line of their profile.")}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """People only."""
        if db_field.name == "account":
            kwargs["queryset"] = Account.objects.filter(kind=Account.END)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ManagerSwitches(Rows):
    """A manager's switches; there is one row at most."""

    model = ManagerSettings
    fk_name = "profile"
    fields = ("divert_all", "filter_on", "filter_kind")
    max_num = 1


class FilteredCallers(Rows):
    """The callers that the filter names."""

    model = FilteredCaller
    fk_name = "profile"
    fields = ("pattern",)
    max_num = MOST_CALLERS
    help_texts = {"pattern": _("A number, or a pattern: X is any digit, ! any further digits.")}


def save_assistants(formset: Any) -> None:
    """Save assistants in their order."""
    save_rows(formset, "position", sort_by=lambda row: row.position)
