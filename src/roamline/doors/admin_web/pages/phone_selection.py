"""What can be done with several phones at once: log out whoever is on them, change a few of their settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import changing, skin
from roamline.doors.admin_web.pages import phone_deeds
from roamline.doors.admin_web.selection import SelectionDeed, SelectionForm
from roamline.doors.admin_web.who import HELP
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import DevicePool, Phone

KEEP, ON, OFF = "", "on", "off"
AS_IT_IS = _("as it is")
NO_CALLS = _("None of these phones is in a call right now.")
SWITCH = [(KEEP, AS_IT_IS), (ON, _("on")), (OFF, _("off"))]


def switch(label: Any, help_text: Any = "") -> forms.ChoiceField:
    """On, off, or as it is."""
    return forms.ChoiceField(choices=SWITCH, required=False, label=label, help_text=help_text, widget=skin.select())


class ChangePhones(SelectionForm):
    """The settings that are given to all selected phones; what is left as it is stays."""

    device_pool = forms.ModelChoiceField(
        DevicePool.objects.all(), required=False, label=_("device pool"), empty_label=AS_IT_IS, widget=skin.select()
    )
    css = forms.ModelChoiceField(
        CallingSearchSpace.objects.all(), required=False, label=_("calling search space"), empty_label=AS_IT_IS,
        widget=skin.select(),
    )  # fmt: skip
    em_enabled = switch(_("enable extension mobility"))
    pinless_allowed = switch(_("marked for pinless sign-in"))

    def values(self) -> changing.Values:
        """What is to be set, by column."""
        found: changing.Values = {}
        for name in ("device_pool", "css"):
            if self.cleaned_data[name] is not None:
                found[f"{name}_id"] = self.cleaned_data[name].pk
        for name in ("em_enabled", "pinless_allowed"):
            if self.cleaned_data[name] != KEEP:
                found[name] = self.cleaned_data[name] == ON
        return found


def _sessions_on(phones: Sequence[Phone]) -> list[LoginSession]:
    keys = [phone.pk for phone in phones]
    found = LoginSession.objects.filter(phone__in=keys, ended_at__isnull=True)
    return list(found.select_related("account", "phone"))


def _visited(phones: Sequence[Phone]) -> list[Phone]:
    """Those on which a user of another cluster is logged in."""
    return [phone for phone in phones if phone.visitor]


def who_is_logged_out(sessions: Sequence[LoginSession], visited: Sequence[Phone] = ()) -> list[Any]:
    """What follows from ending these sessions, and from logging users of other clusters out of phones."""
    users = [(session.account.user_id, session.phone.name) for session in sessions]
    users += [(phone.visitor, phone.name) for phone in visited]
    in_call = [(user, device) for user, device in users if mobility.is_in_call(device)]
    found: list[Any] = [
        gettext("Users who are logged out: %(count)d.") % {"count": len(users)},
        gettext("Phones that reset or restart: %(count)d.") % {"count": len(users)},
    ]
    if in_call:
        names = ", ".join(f"{user} ({device})" for user, device in in_call[:10])
        text = gettext("In a call right now: %(count)d. They are logged out when it ends: %(names)s.")
        found.append(text % {"count": len(in_call), "names": names})
    else:
        found.append(NO_CALLS)
    found.append(gettext("This cannot be undone here: users log in again themselves."))
    return found


def _before_log_out(phones: Sequence[Phone]) -> list[Any]:
    return who_is_logged_out(_sessions_on(phones), _visited(phones))


def _log_out(request: HttpRequest, _page: Any, phones: Sequence[Phone], _form: Any) -> None:
    taken = [session.phone for session in _sessions_on(phones)]
    phone_deeds.log_out_phones(request, [*taken, *_visited(phones)])


def _before_change(phones: Sequence[Phone]) -> list[Any]:
    sessions = _sessions_on(phones)
    in_call = sum(mobility.is_in_call(phone.name) for phone in phones)
    found: list[Any] = [
        gettext("Phones that fetch their configuration anew when their device pool or calling search space becomes "
                "another: up to %(count)d.") % {"count": len(phones)},
        gettext("Phones on which somebody is logged in and stays so: %(count)d.") % {"count": len(sessions)},
    ]  # fmt: skip
    if in_call:
        text = gettext("Phones in a call right now, which are told when it ends: %(count)d.")
        found.append(text % {"count": in_call})
    else:
        found.append(NO_CALLS)
    protected = sum(phone.protected for phone in phones)
    if protected:
        text = gettext("Protected devices, on which Extension Mobility cannot be enabled: %(count)d.")
        found.append(text % {"count": protected})
    return [*found, gettext("You can undo it afterwards.")]


def _change(request: HttpRequest, page: Any, phones: Sequence[Phone], form: ChangePhones) -> None:
    values = form.values()
    changing.tell(request, page, changing.change(request, page, [(phone.pk, values) for phone in phones]))


DEEDS = (
    SelectionDeed("log_out_selected", _("Log out who is logged in on the selected phones"), _before_log_out, _log_out,
                  roles=HELP, is_grave=True),
    SelectionDeed("change_selected", _("Change the selected phones"), _before_change, _change, form=ChangePhones),
)  # fmt: skip
