"""What devices report: the shapes of their events, and to whom each is passed on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import structlog
from ninja import Schema
from pydantic import ConfigDict, Field

from roamline.kernel.secret import Secret
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.serials import masked

log = structlog.get_logger(__name__)

Text = Annotated[str, Field(max_length=200)]
Origin = Literal["usb", "browser", "simulated"]
ReportId = Annotated[str, Field(max_length=64, pattern=r"^[\x21-\x7e]*$")]
Serial = Annotated[str, Field(min_length=1, max_length=50)]
InputKey = Literal["submit", "exit", "yes", "no", "cancel", "sign_out", "sign_in", "select"]


class Report(Schema):
    """What every report has; a second one with the same id is not taken."""

    id: ReportId = ""
    at: datetime | None = None


class PhoneEvent(Report):
    """Something that happened on a software phone; it is logged, and nothing depends on it alone."""

    event: Literal["applied", "registered", "registration_failed", "call_started", "call_ended"]
    version: int | None = None
    call_id: Text = ""
    peer: Text = ""
    direction: Literal["", "in", "out"] = ""
    number: Annotated[str, Field(max_length=64)] = ""
    reason: Text = ""


class HeadsetOut(Schema):
    """A headset as the device sees it."""

    serial: Serial
    model: Text = ""
    vendor: Text = ""
    firmware: Text = ""
    connection: Literal["wired", "wireless", "unknown"] = "unknown"

    def reported(self) -> headsets.Reported:
        """The same for the headset room."""
        return headsets.Reported(self.serial, self.model, self.vendor, self.firmware, self.connection)


class HeadsetConnected(Report):
    """A headset was plugged in or paired."""

    event: Literal["headset_connected"]
    headset: HeadsetOut
    source: Origin = "usb"


class HeadsetDisconnected(Report):
    """A headset was unplugged, went out of range or off."""

    event: Literal["headset_disconnected"]
    serial: Serial
    reason: Literal["", "unplugged", "out_of_range", "power_off"] = ""


class HeadsetList(Report):
    """All headsets of a device, after a start or a lost connection."""

    event: Literal["headsets"]
    connected: Annotated[list[HeadsetOut], Field(max_length=16)]
    source: Origin = "usb"


class InputFields(Schema):
    """What was entered; the PIN is shown nowhere."""

    model_config = ConfigDict(hide_input_in_errors=True)

    userid: Annotated[str, Field(max_length=128)] = ""
    pin: Annotated[str, Field(max_length=64, repr=False)] = ""
    profile: Annotated[str, Field(max_length=128)] = ""


class InputGiven(Schema):
    """A key on a screen; one for a screen that is gone is ignored."""

    model_config = ConfigDict(hide_input_in_errors=True)

    screen: Annotated[str, Field(max_length=64)]
    key: InputKey
    fields: InputFields = InputFields()


class InputReport(Report, InputGiven):
    """The same as a report."""

    event: Literal["input"]


class MenuReport(Report):
    """*Headset setup > Associate user* was chosen."""

    event: Literal["menu"]
    item: Literal["associate_headset"]


DeviceEvent = Annotated[
    PhoneEvent | HeadsetConnected | HeadsetDisconnected | HeadsetList | InputReport | MenuReport,
    Field(discriminator="event"),
]


class DeviceEvents(Schema):
    """A batch of events, oldest first."""

    events: Annotated[list[DeviceEvent], Field(max_length=100)]


def is_simulated(report: DeviceEvent) -> bool:
    """Whether a report is about a headset that exists in a programme only."""
    return isinstance(report, HeadsetConnected | HeadsetList) and report.source == "simulated"


def take(device: str, report: DeviceEvent, source: str, now: datetime) -> None:
    """Pass one report on."""
    if isinstance(report, PhoneEvent):
        log.info("device event", device=device, happened=report.event, **_details(report))
    elif isinstance(report, InputReport):
        take_input(device, report, source, now, report.id)
    elif isinstance(report, MenuReport):
        headsets.menu_chosen(device, source=source, now=now, report=report.id)
    else:
        _take_headset(device, report, source, now)


def _take_headset(
    device: str, report: HeadsetConnected | HeadsetDisconnected | HeadsetList, source: str, now: datetime
) -> None:
    if isinstance(report, HeadsetConnected):
        log.info("headset connected", device=device, serial=masked(report.headset.serial), by=report.source)
        headsets.headset_connected(
            device, report.headset.reported(), origin=report.source, source=source, now=now, report=report.id
        )
    elif isinstance(report, HeadsetDisconnected):
        log.info("headset disconnected", device=device, serial=masked(report.serial), reason=report.reason)
        headsets.headset_disconnected(
            device, report.serial, source=source, now=now, report=report.id, lost_power=report.reason == "power_off"
        )
    else:
        log.info("headsets listed", device=device, count=len(report.connected), by=report.source)
        headsets.headsets_listed(
            device, [each.reported() for each in report.connected], origin=report.source, source=source, now=now,
            report=report.id,
        )  # fmt: skip


def take_input(device: str, given: InputGiven, source: str, now: datetime, report: str = "") -> bool:
    """Pass what a user did on; whether the screen was still the one that is shown. ``select`` means submit."""
    key = "submit" if given.key == "select" else given.key
    fields = given.fields
    entered = headsets.Input(given.screen, key, fields.userid, Secret(fields.pin), fields.profile)
    return headsets.take_input(device, entered, source=source, now=now, report=report)


def _details(report: PhoneEvent) -> dict[str, object]:
    return report.dict(exclude_defaults=True, exclude={"event"})
