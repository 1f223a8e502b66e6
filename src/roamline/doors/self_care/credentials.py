"""The user's PIN: changed by the current one, under the whole credential policy (EM-6)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from roamline.doors.self_care.access import asking, for_users
from roamline.kernel.secret import Secret
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.pin_change import Objected, PinChanged, change_pin
from roamline.rooms.directory.rules.credentials import CredentialPolicy, Objection
from roamline.rooms.directory.verifiers import VerifierUnusable

LONGEST_PIN = 128


def _pin(label: object) -> forms.CharField:
    attributes = {"autocomplete": "off", "inputmode": "numeric"}
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=LONGEST_PIN,
        strip=False,
        widget=forms.PasswordInput(attrs=attributes),
    )


class NewPin(forms.Form):
    """The current PIN, and the new one twice."""

    current = _pin(_("Current PIN"))
    new = _pin(_("New PIN"))
    again = _pin(_("New PIN again"))


@for_users
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest, user: Account) -> HttpResponse:
    """Change the PIN."""
    form = NewPin(request.POST or None)
    if request.method == "POST" and form.is_valid():
        current, new, again = (Secret(form.cleaned_data[name]) for name in ("current", "new", "again"))
        try:
            outcome = change_pin(user.user_id, current, new, again, asking=asking(request), now=timezone.now())
        except VerifierUnusable:
            outcome = None
        if isinstance(outcome, PinChanged):
            messages.success(request, gettext("Your PIN is changed. The old one is wrong from now on."))
            return HttpResponseRedirect(reverse("self_care:home"))
        if isinstance(outcome, Objected):
            for objection in outcome.objections:
                form.add_error("new", worded(objection, outcome.policy))
        elif outcome is None:
            form.add_error(None, gettext("Your PIN cannot be checked at the moment. Ask your administrator."))
        else:
            form.add_error("current", gettext("The current PIN is wrong, or you are locked for a while."))
    return render(request, "self_care/form.html", {
        "form": form, "title": gettext("PIN"), "user": user, "here": "pin",
        "lead": gettext("What you type on phones together with your user id."),
    })  # fmt: skip


def worded(objection: Objection, policy: CredentialPolicy) -> str:
    """An objection to a new PIN in the user's language."""
    return gettext(objection.value) % {"least": policy.minimum_length, "most": policy.maximum_length}
