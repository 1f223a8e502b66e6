"""Lines and buttons: the rows that device profiles' and phones' pages share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import Rows
from roamline.doors.admin_web.ordered import OrderedForm, kept_rows, save_rows
from roamline.rooms.phones.models import Button, DeviceProfile, Line
from roamline.rooms.phones.rules import HIGHEST_POSITION, positions_used_twice

MOST_ROWS = 255


def _key_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Key"), min_value=1, max_value=HIGHEST_POSITION, widget=skin.text(type="number", style="width: 5rem")
    )


class LineForm(OrderedForm):
    """One line."""

    places = ("index",)
    button = _key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ring_setting" in self.fields:
            self.fields["ring_setting"].required = False  # a line of which it is not said keeps the default


class ButtonForm(OrderedForm):
    """One speed dial, BLF or service key."""

    position = _key_field()

    def clean(self) -> Any:
        """A number for what dials, a service for a service key."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind == "service" and not cleaned.get("service"):
            self.add_error("service", gettext("Choose the phone service of this key."))
        if kind in {"speed_dial", "blf"} and not cleaned.get("number") and "number" not in self.errors:
            self.add_error("number", gettext("Give the number that this key dials."))
        return cleaned


class KeyRows(skin.TabularInline.formset):  # type: ignore[misc]
    """Rows that stand on keys: each key once, and only keys that the model has."""

    place = ""

    def clean(self) -> None:
        """Refuse keys that are given twice or that the phone model does not have."""
        super().clean()
        own = [getattr(row, self.place) for row in kept_rows(self) if getattr(row, self.place)]
        twice = positions_used_twice(own + self.keys_of_others())
        if twice:
            text = gettext("Key %(keys)s is used more than once.")
            raise forms.ValidationError(text % {"keys": ", ".join(map(str, twice))})
        keys = self.instance.keys if self.instance.model_id else HIGHEST_POSITION
        if own and max(own) > keys:
            text = gettext("Key %(key)d does not exist: a %(model)s has %(keys)d keys.")
            raise forms.ValidationError(text % {"key": max(own), "model": self.instance.model, "keys": keys})

    def keys_of_others(self) -> list[int]:
        """The keys that other rows of the same page take."""
        return []


class LineRows(KeyRows):
    """The lines' keys."""

    place = "button"


class ButtonRows(KeyRows):
    """The buttons' keys, which must not be the lines'."""

    place = "position"

    def keys_of_others(self) -> list[int]:
        """The lines' keys, from the same submission."""
        found = []
        total = str(self.data.get("lines-TOTAL_FORMS", "0"))
        for index in range(min(int(total) if total.isdigit() else 0, MOST_ROWS)):
            key = str(self.data.get(f"lines-{index}-button", ""))
            if key.isdigit() and not self.data.get(f"lines-{index}-DELETE"):
                found.append(int(key))
        return found


class OfProfile(Rows):
    """Rows of a device profile, also on the page of the phone whose own profile it is."""

    max_num = MOST_ROWS
    noun_permission = "phones.change_deviceprofile"

    def __init__(self, _parent_model: Any, admin_site: Any) -> None:
        super().__init__(DeviceProfile, admin_site)


class Lines(OfProfile):
    """The lines of a profile."""

    model = Line
    form = LineForm
    formset = LineRows
    fk_name = "profile"
    fields = (
        "button", "directory_number", "label", "display_name", "external_mask", "ring_setting", "css", "is_intercom",
        "default_phone",
    )  # fmt: skip
    autocomplete_fields = ("directory_number", "css", "default_phone")
    ordering = ("button",)
    help_texts = {
        "default_phone": _("An intercom line shows only on this phone."),
        "css": _("What this line may call."),
        "external_mask": _("How the number looks outside, as in 555XXXX."),
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what the rows show."""
        related = ("directory_number__partition", "css", "default_phone")
        return super().get_queryset(request).select_related(*related)


class Buttons(OfProfile):
    """The other keys of a profile."""

    model = Button
    form = ButtonForm
    formset = ButtonRows
    fk_name = "profile"
    fields = ("position", "kind", "label", "number", "service")
    autocomplete_fields = ("service",)
    ordering = ("position",)


def save_keys(formset: Any) -> None:
    """Save lines, numbered in the order of their keys, or buttons, which keep theirs."""
    if formset.model is Line:
        save_rows(formset, "index", sort_by=lambda line: line.button)
    else:
        save_rows(formset, "position", sort_by=lambda button: button.position, number=False)
