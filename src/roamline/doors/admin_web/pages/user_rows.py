"""Rows of users' and groups' pages: controlled profiles, phones, memberships."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import Rows
from roamline.doors.admin_web.ordered import OrderedForm, kept_rows, save_rows
from roamline.rooms.directory.models import AssociatedPhone, ControlledProfile, Membership, PhoneOwner
from roamline.rooms.phones.models import DeviceProfile


class ControlledForm(OrderedForm):
    """One controlled profile."""

    places = ("position", "is_default")
    position = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=9999, widget=skin.text(type="number", style="width: 5rem")
    )


class ControlledRows(skin.TabularInline.formset):  # type: ignore[misc]
    """At most one default profile."""

    def clean(self) -> None:
        """Refuse a second default profile."""
        super().clean()
        if sum(1 for row in kept_rows(self) if row.is_default) > 1:
            raise forms.ValidationError(gettext("Only one of the controlled profiles can be the default."))


class ControlledProfiles(Rows):
    """The profiles that a user may log in with (EM-4)."""

    model = ControlledProfile
    form = ControlledForm
    formset = ControlledRows
    fk_name = "account"
    fields = ("position", "profile", "is_default")
    autocomplete_fields = ("profile",)
    ordering = ("position",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only user device profiles."""
        if db_field.name == "profile":
            kwargs["queryset"] = DeviceProfile.objects.filter(kind=DeviceProfile.USER)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OwnedPhones(Rows):
    """The phones that a user owns."""

    model = PhoneOwner
    fk_name = "account"
    fields = ("phone",)
    autocomplete_fields = ("phone",)


class AssociatedPhones(Rows):
    """The phones that a user is associated with."""

    model = AssociatedPhone
    fk_name = "account"
    fields = ("phone",)
    autocomplete_fields = ("phone",)


class Memberships(Rows):
    """The access control groups of an account."""

    model = Membership
    fk_name = "account"
    fields = ("group",)
    verbose_name = _("access control group")
    verbose_name_plural = _("access control groups")
    autocomplete_fields = ("group",)


class Members(Rows):
    """The accounts of an access control group."""

    model = Membership
    fk_name = "group"
    fields = ("account",)
    autocomplete_fields = ("account",)


def save_controlled(formset: Any) -> None:
    """Save controlled profiles in their order; the default may move from one to another."""
    ControlledProfile.objects.filter(account=formset.instance.pk).update(is_default=False)
    save_rows(formset, "position", sort_by=lambda row: row.position)
