"""Inserting EMCC devices, of which only the count is asked, and who uses which (RO-31)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, author_of, may
from roamline.platform.wording import said
from roamline.rooms.emcc import devices
from roamline.rooms.emcc.rules import MOST_PHONES, listed
from roamline.rooms.phones.models import DevicePool

MOST_SHOWN = 200


class InsertForm(forms.Form):
    """How many, and where."""

    count = forms.IntegerField(
        label=_("Number of EMCC devices to be added"), min_value=1, max_value=devices.MOST_AT_ONCE,
        widget=skin.number(1, devices.MOST_AT_ONCE),
        help_text=_("They get the next free names: EMCC1, EMCC2, … Each serves one user at a time who is logged in on "
                    "another cluster's phone."),
    )  # fmt: skip
    pool = forms.ModelChoiceField(
        DevicePool.objects.order_by("name"), label=_("device pool"), widget=skin.select(), empty_label=None,
        help_text=_("What the EMCC device template says elsewhere: time zone, region, default calling search space."),
    )  # fmt: skip

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["pool"].initial = devices.usual_pool()


def emcc_devices_page(request: HttpRequest) -> HttpResponse:
    """Check or do an insertion; list the devices that are used."""
    if not account_of(request).has_perm("emcc.view_interclusterserviceprofile"):
        raise PermissionDenied
    form, planned = InsertForm(), None
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        form = InsertForm(request.POST)
        is_only_checked = request.POST.get("deed") != "insert"
        planned = _do(request, form, is_only_checked) if form.is_valid() else None
        if planned and not is_only_checked:
            return HttpResponseRedirect(request.path)
    return TemplateResponse(request, "admin_web/emcc_devices.html", _context(request, form, planned))


def _do(request: HttpRequest, form: InsertForm, is_only_checked: bool) -> list[str] | None:
    count, pool = form.cleaned_data["count"], form.cleaned_data["pool"]
    try:
        if is_only_checked:
            return devices.plan(count)
        names = devices.insert(count, pool, author_of(request), timezone.now())
    except devices.CannotInsert as refusal:
        form.add_error("count", said(refusal))
        return None
    text = ngettext("%(count)d EMCC device is inserted: %(names)s", "%(count)d EMCC devices are inserted: %(names)s",
                    len(names))  # fmt: skip
    messages.success(request, text % {"count": len(names), "names": listed(names)})
    return names


def _context(request: HttpRequest, form: InsertForm, planned: list[str] | None) -> dict[str, Any]:
    used, held = devices.uses(), devices.capacity()
    return {
        **admin.site.each_context(request),
        "title": _("EMCC devices"),
        "form": form,
        "may_change": may(request, ADMINISTRATORS),
        "planned": listed(planned) if planned else "",
        "planned_count": len(planned or ()),
        "held": held,
        "most": MOST_PHONES,
        "free": held.devices - len(used),
        "used": sorted(used.items(), key=lambda each: each[1].since, reverse=True)[:MOST_SHOWN],
        "names_begin": devices.PREFIX,
    }
