"""Trunks: where calls that leave go, and whether they answer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion
from roamline.doors.admin_web.base import NounPage
from roamline.rooms.dialplan import trunks
from roamline.rooms.dialplan.models import Trunk


@admin.register(Trunk)
class TrunkPage(NounPage):
    """Where calls that leave go."""

    kind = "trunk"
    list_display = ("name", "host", "port", "transport", "description")
    search_fields = ("name", "host", "description")
    list_filter = ("transport",)
    find_fields = ("name", "host", "description")
    fieldsets = (
        (None, {"fields": ("name", "description")}),
        (_("Where it is"), {"fields": ("host", "port", "transport")}),
        (_("Calls that arrive here"), {"fields": ("inbound_css",)}),
    )
    autocomplete_fields = ("inbound_css",)
    help_texts = {
        "host": _("Name or address of the SIP peer; an IPv6 address in brackets. Calls that it sends are known by its "
                  "address."),
    }  # fmt: skip

    def panel(self, request: HttpRequest, noun: Trunk) -> list[tuple[Any, Any]]:
        """What it answered last, and who leads to it."""
        patterns = noun.route_patterns.all()[: deletion.SHOWN]
        return [
            (_("Answers OPTIONS"), state_in_words(trunks.state_of(noun))),
            *[(_("Route pattern"), deletion.link(pattern)) for pattern in patterns],
        ]

    def warnings(self, request: HttpRequest, noun: Trunk) -> list[Any]:
        """It does not answer."""
        state = trunks.state_of(noun)
        if state is None or state.is_up:
            return []
        return [_("This trunk does not answer: its callers are told so at once, with 503.")]


def state_in_words(state: trunks.TrunkState | None) -> str:
    """Whether a trunk answers, what, and since when."""
    if state is None:
        return gettext("not known: call control is off, or has not asked it yet")
    since = date_format(localtime(state.since), "DATETIME_FORMAT")
    values = {"status": state.status, "since": since}
    if state.is_up:
        return gettext("yes, with %(status)d, since %(since)s") % values
    if state.status == 408:
        return gettext("no, it is silent since %(since)s") % values
    return gettext("no, it says %(status)d since %(since)s") % values
