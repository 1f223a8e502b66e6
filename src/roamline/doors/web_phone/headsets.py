"""Headsets on the web phone: what the headset engine shows there, and what the page reports to it (HS-40)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from roamline.doors.web_phone import wording
from roamline.doors.web_phone.asking import HeadsetReport, InputReport, MenuReport, Report
from roamline.rooms.headsets import screens, service
from roamline.rooms.headsets.models import Association, Headset
from roamline.rooms.headsets.serials import fold
from roamline.rooms.headsets.service import Input, Reported
from roamline.rooms.phones.models import Phone

TRAY = ("QPK1234A001", "QPK1234B002", "QPK1234C003", "QPK1234E005", "QPK1234X009")
"""The simulated headsets of a demo site."""

Json = dict[str, Any]


def are_simulated_ones_allowed() -> bool:
    """Whether headsets may exist on a page only: on demo sites."""
    return bool(settings.CONFIG["site.demo"])


def screen_of(device: str, now: datetime) -> Json | None:
    """What the headset engine shows on a phone now; None: nothing."""
    view = screens.view_of(device, now, wording.language_for(""))
    return _screen(view.screen) if view and view.screen else None


def menu_of(device: str, now: datetime) -> Json:
    """Which items of the phone's menu can be chosen; the others are greyed out (HS-23)."""
    view = screens.view_of(device, now, wording.language_for(""))
    return {"associate_headset": bool(view and view.may_associate)}


def tray_of(phone: Phone) -> Json:
    """The headsets at a phone, and on demo sites those that can be plugged in, with their owners."""
    there = Headset.objects.filter(last_phone=phone, connected=True).values("serial", "connection", "source")
    simulated = are_simulated_ones_allowed()
    return {"simulated": simulated, "connected": list(there), "tray": _tray() if simulated else []}


def _tray() -> list[Json]:
    associations = Association.objects.filter(headset__folded_serial__in=[fold(serial) for serial in TRAY])
    owners = {a.headset.folded_serial: a.account.user_id for a in associations.select_related("headset", "account")}
    return [{"serial": serial, "owner": owners.get(fold(serial), "")} for serial in TRAY]


def _screen(shown: screens.ShownScreen) -> Json:
    down = shown.countdown
    return {
        "id": shown.id,
        "title": shown.title,
        "text": shown.text,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "kind": field.kind,
                "value": field.value,
                "choices": [{"value": choice.value, "label": choice.label} for choice in field.choices],
            }
            for field in shown.fields
        ],
        "softkeys": [{"key": key.key, "label": key.label} for key in shown.keys],
        "countdown": {"until": down.until.isoformat(), "seconds": down.seconds, "then": down.then} if down else None,
    }


def take(phone: Phone, report: Report, source: str, now: datetime) -> None:
    """Hand a report to the headset engine; one that it has had before changes nothing."""
    if isinstance(report, InputReport):
        take_input(phone, report, source, now)
    elif isinstance(report, MenuReport):
        service.menu_chosen(phone.name, source=source, now=now, report=report.id)
    elif isinstance(report, HeadsetReport):
        one = report.headset
        headset = Reported(one.serial, one.model, one.vendor, one.firmware, one.connection)
        service.headset_connected(
            phone.name, headset, origin=report.source, source=source, now=now, report=report.id
        )  # fmt: skip
    else:
        service.headset_disconnected(
            phone.name, report.serial, source=source, now=now, report=report.id,
            lost_power=report.reason == "power_off",
        )  # fmt: skip


def take_input(phone: Phone, report: InputReport, source: str, now: datetime) -> None:
    """Hand over what a person did on a screen; one that is no longer shown is ignored."""
    fields = report.fields
    given = Input(report.screen, report.key, fields.userid, fields.secret_pin, fields.profile)
    service.take_input(phone.name, given, source=source, now=now, report=report.id)
