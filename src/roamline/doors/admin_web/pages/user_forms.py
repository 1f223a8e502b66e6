"""The forms of accounts: ids, a new PIN or password, and what the policies say to them at the very field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.deeds import DeedForm
from roamline.kernel.secret import Secret
from roamline.platform.wording import translated
from roamline.rooms.directory import administration
from roamline.rooms.directory.models import Account

LONGEST_SECRET = 128


def secret_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    """A masked field; what was typed never comes back in a page."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=LONGEST_SECRET, strip=False,
        widget=skin.password(),
    )  # fmt: skip


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account with a new password, when one is typed."""

    new_password = secret_field(_("New password"), _("Leave empty to keep the password as it is."))
    new_password_again = secret_field(_("New password again"))

    def clean_user_id(self) -> str:
        """Lower case: phones send user ids as typed, and upper case is refused with error 201 (EM-25)."""
        user_id: str = self.cleaned_data["user_id"]
        if user_id != user_id.lower():
            raise forms.ValidationError(
                gettext("User ids are lower case: phones refuse upper case with error 201. Write %(user_id)s.")
                % {"user_id": user_id.lower()}
            )
        return user_id

    def clean(self) -> Any:
        """Both passwords equal, and as the password policy wants."""
        cleaned = super().clean() or {}
        password = cleaned.get("new_password")
        if password != cleaned.get("new_password_again") and "new_password" not in self.errors:
            self.add_error("new_password_again", gettext("The two passwords differ."))
        elif password:
            try:
                validate_password(password, self.instance)
            except ValidationError as objections:
                self.add_error("new_password", objections)
        return cleaned

    def new_secret(self, name: str) -> Secret | None:
        """A typed secret; None when the field was left empty."""
        typed = self.cleaned_data.get(name)
        return Secret(typed) if typed else None


class EndUserForm(AccountForm):
    """A person, with a new PIN, when one is typed."""

    new_pin = secret_field(_("New PIN"), _("Leave empty to keep the PIN as it is."))
    new_pin_again = secret_field(_("New PIN again"))

    def clean(self) -> Any:
        """Both PINs equal, and as the credential policy wants."""
        cleaned = super().clean()
        probe = Account(user_id=cleaned.get("user_id") or "", primary_extension=cleaned.get("primary_extension"))
        check_pins(self, probe, "new_pin", "new_pin_again")
        return cleaned


class ResetPinForm(DeedForm):
    """A new PIN, as the help desk gives it."""

    pin = secret_field(_("New PIN"), required=True)
    pin_again = secret_field(_("New PIN again"), required=True)
    must_change = forms.BooleanField(
        label=_("User must change PIN at next login"), required=False, initial=True, widget=skin.switch()
    )

    def clean(self) -> Any:
        """Both PINs equal, and as the credential policy wants."""
        cleaned = super().clean()
        check_pins(self, self.noun, "pin", "pin_again")
        return cleaned


def check_pins(form: forms.Form | forms.ModelForm[Any], account: Account, name: str, again: str) -> None:
    """Add to the fields what is wrong with a new PIN typed twice."""
    pin = form.cleaned_data.get(name)
    if pin != form.cleaned_data.get(again) and name not in form.errors:
        form.add_error(again, gettext("The two PINs differ."))
    elif pin:
        for objection in administration.objections_to_new_pin(account, pin):
            form.add_error(name, translated(objection))
