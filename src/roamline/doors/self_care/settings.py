"""The user's language on phones, and how long they stay logged in at most where they may say so (EM-23)."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from roamline.doors.self_care.access import by, for_users
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility.service import own_changes
from roamline.rooms.parameters.rules import InvalidValue, login_time
from roamline.rooms.parameters.rules.parsing import login_time_text

LANGUAGES = [("", _("The phone's own")), ("en", "English"), ("zh", "简体中文"), ("ko", "한국어")]


class Settings(forms.Form):
    """Language, and hours and minutes at most; the latter only where the user profile allows it."""

    language = forms.ChoiceField(
        label=_("Language on phones"),
        choices=LANGUAGES,
        required=False,
        help_text=_("A profile with a language of its own goes before it."),
    )
    longest = forms.CharField(
        label=_("Log me out after"),
        max_length=6,
        required=False,
        help_text=_("Hours and minutes, 0:01 to 168:00; empty: as the administrator has set it."),
    )

    def __init__(self, user: Account, data: QueryDict | None) -> None:
        minutes = user.own_login_minutes
        longest = login_time_text(timedelta(minutes=minutes)) if minutes else ""
        super().__init__(data, initial={"language": user.user_locale, "longest": longest})
        if user.user_profile is None or not user.user_profile.allow_own_login_time:
            del self.fields["longest"]

    def clean_longest(self) -> timedelta | None:
        """The time, None for the administrator's."""
        text = self.cleaned_data["longest"].strip()
        if not text:
            return None
        try:
            time = login_time(text)
            if isinstance(time, timedelta) and time:
                return time
            raise InvalidValue
        except InvalidValue as objection:
            raise ValidationError(_("Give hours and minutes, 0:01 to 168:00, such as 8:30.")) from objection


@for_users
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, user: Account) -> HttpResponse:
    """Show and save."""
    form = Settings(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        who, now = by(request, user), timezone.now()
        changed = own_changes.set_language(user, form.cleaned_data["language"], who, now)
        if "longest" in form.fields and form.has_changed() and "longest" in form.changed_data:
            directory.set_own_login_time(user, form.cleaned_data["longest"], actor=user.user_id, now=now)
            changed = True
        messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
        return HttpResponseRedirect(reverse("self_care:settings"))
    return render(request, "self_care/form.html", {
        "form": form, "title": gettext("Settings"), "user": user, "here": "settings",
        "lead": gettext("A new language shows at once on the phones you are on, a new time from your next log-in on."),
    })  # fmt: skip
