"""Call backs that wait for a number to be free: looked at, and cancelled (EM-34)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import Record
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages.records import one_line
from roamline.doors.admin_web.selection import SelectionDeed
from roamline.doors.admin_web.who import author_of
from roamline.rooms.features.models import CallBack
from roamline.rooms.features.service import call_backs


def _cancel(request: HttpRequest, found: Sequence[CallBack]) -> None:
    gone = sum(call_backs.cancel(each, author=author_of(request), now=timezone.now()) for each in found)
    messages.success(request, gettext("Call backs cancelled: %(count)d") % {"count": gone})


def _cancel_one(request: HttpRequest, call_back: CallBack, _form: DeedForm) -> HttpResponse:
    _cancel(request, [call_back])
    return HttpResponseRedirect(reverse("admin:features_callback_changelist"))


def _consequences(found: Sequence[CallBack]) -> list[Any]:
    text = _("%(phone)s is not called back by %(number)s; its user may ask again.")
    return [text % {"phone": each.phone.name, "number": each.number.pattern} for each in found]


def _cancel_selected(request: HttpRequest, _page: Any, found: Sequence[CallBack], _form: Any) -> None:
    _cancel(request, found)


@admin.register(CallBack)
class CallBackPage(Record):
    """Who asked to be called back by which number."""

    kind = "call_back"
    list_display = ("phone", "account", "line", "number", "waits_for", "asked", "ends", "state")
    list_select_related = ("phone", "account", "number__partition")
    list_filter = ("waits_for",)
    find_fields = ("phone__name", "account__user_id", "line", "number__pattern")
    search_fields = ("phone__name", "account__user_id", "number__pattern")
    fields = ("phone", "account", "line", "number", "waits_for", "asked", "ends", "state")
    deeds = (
        Deed("cancel", _("Cancel the call back"), "phone_disabled", _cancel_one, is_grave=True,
             question=_("A phone that rings for it stops ringing.")),
    )  # fmt: skip
    selection_deeds = (
        SelectionDeed("cancel_selected", _("Cancel the selected call backs"), _consequences, _cancel_selected,
                      is_grave=True),
    )  # fmt: skip

    @skin.display(description=_("asked at"), ordering="asked_at")
    def asked(self, call_back: CallBack) -> str:
        """When it was asked for."""
        return one_line(call_back.asked_at)

    @skin.display(description=_("ends at"), ordering="expires_at")
    def ends(self, call_back: CallBack) -> str:
        """When it is given up."""
        return one_line(call_back.expires_at)

    @skin.display(description=_("state"))
    def state(self, call_back: CallBack) -> Any:
        """Whether it waits or rings."""
        until = call_back.ringing_until
        return _("rings, or pauses") if until and until > timezone.now() else _("waits")
