"""What can be done with several users at once: unlock, log out, change a few of their settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import changing
from roamline.doors.admin_web.pages.phone_selection import KEEP, ON, switch, who_is_logged_out
from roamline.doors.admin_web.pages.user_deeds import is_locked
from roamline.doors.admin_web.selection import SelectionDeed, SelectionForm
from roamline.doors.admin_web.who import HELP, account_of, by, source_of
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import Way


class ChangeUsers(SelectionForm):
    """The settings that are given to all selected users; what is left as it is stays."""

    pin_must_change = switch(_("user must change PIN at next login"))
    is_active = switch(_("active"), _("Off: the user cannot log in on phones or sign in here."))

    def values(self) -> changing.Values:
        """What is to be set, by column."""
        return {name: value == ON for name, value in self.cleaned_data.items() if value != KEEP}


def _sessions_of(users: Sequence[Account]) -> list[LoginSession]:
    keys = [user.pk for user in users]
    found = LoginSession.objects.filter(account__in=keys, ended_at__isnull=True)
    return list(found.select_related("account", "phone"))


def _before_unlock(users: Sequence[Account]) -> list[Any]:
    count = sum(is_locked(user) for user in users)
    return [gettext("Users who are locked, or on the way to it: %(count)d. They can log in again.") % {"count": count}]


def _unlock(request: HttpRequest, _page: Any, users: Sequence[Account], _form: Any) -> None:
    locked = [user for user in users if is_locked(user)]
    for user in locked:
        directory.unlock(
            user, actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR,
            source=source_of(request),
        )  # fmt: skip
    messages.success(request, gettext("Unlocked: %(count)d.") % {"count": len(locked)})


def _before_log_out(users: Sequence[Account]) -> list[Any]:
    return who_is_logged_out(_sessions_of(users))


def _log_out(request: HttpRequest, _page: Any, users: Sequence[Account], _form: Any) -> None:
    ids = sorted({session.account.user_id for session in _sessions_of(users)})
    counts = [mobility.log_out_user(user_id, by(request), timezone.now()) for user_id in ids]
    done = sum(count for count in counts if isinstance(count, int))
    messages.success(request, gettext("Logged out, or will be when their call ends: %(count)d.") % {"count": done})


def _before_change(users: Sequence[Account]) -> list[Any]:
    sessions = len(_sessions_of(users))
    return [
        gettext("Users who are logged in on a phone and stay so: %(count)d.") % {"count": sessions},
        gettext("You can undo it afterwards."),
    ]


def _change(request: HttpRequest, page: Any, users: Sequence[Account], form: ChangeUsers) -> None:
    values = form.values()
    changing.tell(request, page, changing.change(request, page, [(user.pk, values) for user in users]))


DEEDS = (
    SelectionDeed("unlock_selected", _("Unlock the selected users"), _before_unlock, _unlock, roles=HELP),
    SelectionDeed("log_out_selected", _("Log out the selected users everywhere"), _before_log_out, _log_out, roles=HELP,
                  is_grave=True),
    SelectionDeed("change_selected", _("Change the selected users"), _before_change, _change, form=ChangeUsers),
)  # fmt: skip
