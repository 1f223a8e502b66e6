"""What can be done with a phone: log out, log in as, restart, reset, apply config, services, device token."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages import restarts
from roamline.doors.admin_web.pages.phone_state import open_session_of
from roamline.doors.admin_web.pages.subscriptions import SubscribeForm, subscribe_to
from roamline.doors.admin_web.who import HELP, account_of, by, source_of
from roamline.kernel.outcome import Refused
from roamline.platform.wording import translated
from roamline.rooms.directory.models import Account, AssociatedPhone, ControlledProfile
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import LogIn, Way
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.emcc_devices import is_emcc_device
from roamline.rooms.phones.models import DeviceProfile, Phone


def refusal_text(refused: Refused) -> str:
    """A refusal as administrators read it: number, name and true reason."""
    return gettext("Refused with error %(number)d, %(name)s: %(reason)s.") % {
        "number": refused.error.number,
        "name": translated(refused.error.value.short_name),
        "reason": translated(refused.reason),
    }


def log_out_phones(request: HttpRequest, found: Any) -> None:
    """Log out whoever is on these phones, each by itself, and say how it went."""
    for phone in found:
        outcome = mobility.log_out(phone.name, by(request), timezone.now())
        if isinstance(outcome, Refused):
            messages.warning(request, f"{phone.name}: {refusal_text(outcome)}")
        elif isinstance(outcome, mobility.LogsOutAfterCall):
            text = gettext("%(user)s is in a call on %(phone)s and is logged out when it ends.")
            messages.info(request, text % {"user": outcome.user_id, "phone": phone.name})
        else:
            text = gettext("%(user)s is logged out on %(phone)s.")
            messages.success(request, text % {"user": outcome.user_id, "phone": phone.name})


def _log_out(request: HttpRequest, phone: Phone, _form: DeedForm) -> None:
    log_out_phones(request, [phone])


class LogInForm(DeedForm):
    """Who, and with which profile."""

    user = forms.ModelChoiceField(Account.objects.filter(kind=Account.END), label=_("user"))
    profile = forms.ModelChoiceField(
        DeviceProfile.objects.filter(kind=DeviceProfile.USER), required=False, label=_("device profile"),
        help_text=_("One of the user's controlled profiles. Empty: the default one, else the first."),
    )  # fmt: skip

    def prepare(self) -> None:
        """Find both by typing."""
        for name, model, source in (("user", AssociatedPhone, "account"), ("profile", ControlledProfile, "profile")):
            self.fields[name].widget = skin.autocomplete(model, source)
            self.fields[name].widget.choices = self.fields[name].choices  # type: ignore[attr-defined]


def _log_in(request: HttpRequest, phone: Phone, form: LogInForm) -> None:
    user, profile = form.cleaned_data["user"], form.cleaned_data["profile"]
    wanted = LogIn(phone.name, user.user_id, None, profile=profile.name if profile else None)
    outcome = mobility.log_in(wanted, by(request), timezone.now())
    if isinstance(outcome, mobility.LoggedIn):
        text = gettext("%(user)s is logged in on %(phone)s with %(profile)s.")
        values = {"user": outcome.user_id, "phone": outcome.device, "profile": outcome.profile}
        messages.success(request, text % values)
    elif isinstance(outcome, Refused):
        form.add_error(None, refusal_text(outcome))


def _issue_token(request: HttpRequest, phone: Phone, _form: DeedForm) -> HttpResponse:
    token = phones.issue_token(
        phone, actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request)
    )
    page = admin.site.get_model_admin(Phone)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Device token"),
        "subtitle": phone.name,
        "phone": phone,
        "token": token.reveal(),
        "opts": page.opts,
        "back": page.address_of(phone),  # type: ignore[attr-defined]
    }
    return TemplateResponse(request, "admin_web/token.html", context)


def _subscribe(request: HttpRequest, phone: Phone, form: SubscribeForm) -> None:
    subscribe_to(request, admin.site.get_model_admin(Phone), phone, phone.own_profile, form)


def _is_taken(phone: Phone) -> bool:
    return bool(phone.visitor) or open_session_of(phone) is not None


def _is_free(phone: Phone) -> bool:
    return phone.em_enabled and not _is_taken(phone)


DEEDS = (
    Deed("log-out", _("Log out"), "logout", _log_out, roles=HELP, offered=_is_taken,
         question=_("The user is logged out and the phone becomes its own again. A call in progress is not dropped.")),
    Deed("log-in", _("Log in as…"), "login", _log_in, form=LogInForm, offered=_is_free,
         question=_("The user is logged in on this phone without a PIN, in your name; the audit trail says so.")),
    Deed("subscribe", _("Subscribe/Unsubscribe services"), "playlist_add_check", _subscribe, form=SubscribeForm,
         question=_("Phone services of this phone when nobody is logged in")),
    *restarts.deeds(restarts.this_phone),
    Deed("token", _("Device token"), "key", _issue_token, offered=lambda phone: not is_emcc_device(phone),
         question=_("A software phone shows this token to fetch its configuration. A new one is issued and shown once; "
                    "the one before stops working at once.")),
)  # fmt: skip
