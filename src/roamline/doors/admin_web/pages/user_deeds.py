"""What can be done with a user: unlock, reset the PIN, log out everywhere. The help desk may do these, too (AD-1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages.user_forms import ResetPinForm
from roamline.doors.admin_web.who import HELP, account_of, by, source_of
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules import credentials
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import Way


def _lock(request: HttpRequest, account: Account, _form: DeedForm) -> None:
    directory.lock(
        account, actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request)
    )
    messages.success(request, gettext("%(user)s is locked.") % {"user": account.user_id})


def _unlock(request: HttpRequest, account: Account, _form: DeedForm) -> None:
    directory.unlock(
        account, actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request)
    )
    messages.success(request, gettext("%(user)s is unlocked.") % {"user": account.user_id})


def _reset_pin(request: HttpRequest, account: Account, form: ResetPinForm) -> None:
    directory.set_pin(
        account, Secret(form.cleaned_data["pin"]), must_change=form.cleaned_data["must_change"],
        actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request),
    )  # fmt: skip
    messages.success(request, gettext("%(user)s has a new PIN.") % {"user": account.user_id})


def _log_out(request: HttpRequest, account: Account, _form: DeedForm) -> None:
    count = mobility.log_out_user(account.user_id, by(request), timezone.now())
    if isinstance(count, int):
        messages.success(
            request, gettext("%(user)s is logged out of phones: %(count)d.") % {"user": account, "count": count}
        )
    else:
        messages.error(request, gettext("The database did not answer. Try again."))


def is_locked(account: Account) -> bool:
    """Whether there is something to unlock: a lock, or failures on the way to one."""
    return account.failed_attempts > 0 or account.locked_until is not None


def is_logged_in(account: Account) -> bool:
    """Whether the user is logged in on a phone."""
    return LoginSession.objects.filter(account=account.pk, ended_at__isnull=True).exists()


def may_be_locked(account: Account) -> bool:
    """Whether the account is not locked now."""
    return account.is_active and not credentials.is_locked(account.locked_until, timezone.now())


def _where(account: Account) -> str:
    phones = LoginSession.objects.filter(account=account.pk, ended_at__isnull=True).values_list(
        "phone__name", flat=True
    )
    return gettext("Logged in on: %(phones)s") % {"phones": ", ".join(phones)} if phones else ""


LOCK = Deed(
    "lock", _("Lock"), "lock", _lock, is_grave=True, offered=may_be_locked,
    question=_("The user cannot log in on phones or sign in here until somebody unlocks them. Where they are logged "
               "in, they stay so: log them out, too, if need be."),
)  # fmt: skip
UNLOCK = Deed(
    "unlock", _("Unlock"), "lock_open", _unlock, roles=HELP, offered=is_locked,
    question=_("The count of failed attempts goes back to nothing, and the user can log in again."),
)  # fmt: skip
RESET_PIN = Deed(
    "reset-pin", _("Reset PIN"), "pin", _reset_pin, form=ResetPinForm, roles=HELP,
    question=_("Tell the user the new PIN; with the switch on it is good for one log-in, where they choose their own."),
)  # fmt: skip
LOG_OUT = Deed(
    "log-out", _("Log out everywhere"), "logout", _log_out, roles=HELP, offered=is_logged_in,
    question=_("The user is logged out on every phone. A call in progress is not dropped."), warn=_where,
)  # fmt: skip
