"""Signing in and out of self-care, and the password for it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from roamline.doors.self_care.access import for_users, source_of, user_of
from roamline.doors.self_care.backend import (
    LONGEST_PASSWORD,
    LONGEST_USER_ID,
    WAY,
    SelfCareBackend,
    knows_password,
)
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account

_BACKEND = f"{SelfCareBackend.__module__}.{SelfCareBackend.__qualname__}"


class SignIn(forms.Form):
    """User id and password."""

    user = forms.CharField(label=_("User ID"), max_length=LONGEST_USER_ID)
    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPassword(forms.Form):
    """The current password, except where it must be changed and was typed a moment ago, and a new one twice."""

    current = forms.CharField(
        label=_("Current password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: Account, data: QueryDict | None) -> None:
        super().__init__(data)
        self._user = user
        if user.password_must_change:
            del self.fields["current"]

    def clean(self) -> None:
        """The two agree, and the password is not too easy."""
        super().clean()
        new = self.cleaned_data.get("new")
        if new and new != self.cleaned_data.get("again"):
            self.add_error("again", gettext("The two passwords differ."))
        elif new:
            try:
                validate_password(new, self._user)
            except forms.ValidationError as objections:
                self.add_error("new", objections)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; a wrong user id, a wrong password and a locked account give the same words (S-1)."""
    if user_of(request) is not None:
        return HttpResponseRedirect(_next(request))
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user = authenticate(request, self_care_user=given["user"], password=given["password"])
        if isinstance(user, Account):
            login(request, user, backend=_BACKEND)
            return HttpResponseRedirect(_next(request))
        form.add_error(None, gettext("The user id or password is wrong, or the account is locked."))
    return render(request, "self_care/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the browser's session; phones stay as they are."""
    logout(request)
    return HttpResponseRedirect(reverse("self_care:sign_in"))


@for_users
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest, user: Account) -> HttpResponse:
    """Choose a new password; the browser's session goes on, the user's others end."""
    form = NewPassword(user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _knows_current(request, user, form):
        directory.set_password(
            user, Secret(form.cleaned_data["new"]), actor=user.user_id, way=WAY, source=source_of(request),
            now=timezone.now(),
        )  # fmt: skip
        update_session_auth_hash(request, user)
        messages.success(request, gettext("Your password is changed."))
        return HttpResponseRedirect(reverse("self_care:home"))
    return render(request, "self_care/form.html", {
        "form": form, "title": gettext("Password"), "user": user, "here": "password",
        "lead": gettext("The password is for this page. On phones you use your PIN."),
    })  # fmt: skip


def _knows_current(request: HttpRequest, user: Account, form: NewPassword) -> bool:
    if "current" not in form.fields or knows_password(user, form.cleaned_data["current"], source_of(request)):
        return True
    form.add_error("current", gettext("The current password is wrong, or you are locked for a while."))
    return False


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if good and wanted.startswith("/selfcare/") else reverse("self_care:home")
