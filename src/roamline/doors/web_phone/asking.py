"""What the page may send: small JSON objects with limits. A PIN is wrapped as soon as it is read."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field, SecretStr, ValidationError

from roamline.kernel.secret import Secret

LARGEST_BODY = 16 * 1024
MOST_FIELDS = 5
MOST_REPORTS = 20

Value = Annotated[str, Field(max_length=256, pattern=r"^[^\x00]*$")]
Id = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9-]*$")]
Asked = TypeVar("Asked", bound="_Object")


class Misunderstood(ValueError):
    """What the page sent is not what it may send; the message says where, never what."""


class _Object(Schema):
    model_config = ConfigDict(hide_input_in_errors=True)


class Opening(_Object):
    """A link to open, with what was typed in."""

    link: Annotated[str, Field(max_length=2000)]
    fields: Annotated[dict[Annotated[str, Field(max_length=32)], SecretStr], Field(max_length=MOST_FIELDS)] = {}

    def typed(self) -> dict[str, Secret]:
        """What was typed in, by field, each value cut to 256 characters."""
        return {name: Secret(value.get_secret_value()[:256]) for name, value in self.fields.items()}


class HeadsetFacts(_Object):
    """A headset as the page describes it."""

    serial: Annotated[str, Field(max_length=256)]
    model: Value = ""
    vendor: Value = ""
    firmware: Value = ""
    connection: Literal["wired", "wireless", "unknown"] = "unknown"


class HeadsetReport(_Object):
    """A headset was plugged in or paired."""

    event: Literal["headset_connected"]
    headset: HeadsetFacts
    source: Literal["browser", "simulated"]
    id: Id = ""


class HeadsetGone(_Object):
    """A headset was pulled out, went out of range or was switched off."""

    event: Literal["headset_disconnected"]
    serial: Value
    reason: Literal["unplugged", "out_of_range", "power_off"] = "unplugged"
    id: Id = ""


class MenuReport(_Object):
    """An item of the phone's own menu was chosen."""

    event: Literal["menu"]
    item: Literal["associate_headset"]
    id: Id = ""


class InputFields(_Object):
    """What a screen's fields held."""

    userid: Value = ""
    pin: SecretStr = SecretStr("")
    profile: Value = ""

    @property
    def secret_pin(self) -> Secret:
        """The PIN, wrapped as everywhere."""
        return Secret(self.pin.get_secret_value()[:256])


class InputReport(_Object):
    """A soft key of a screen was pressed."""

    event: Literal["input"] = "input"
    screen: Id
    key: Annotated[str, Field(max_length=16)]
    fields: InputFields = InputFields()
    id: Id = ""


Report = HeadsetReport | HeadsetGone | MenuReport | InputReport


class Reports(_Object):
    """A batch of reports, oldest first."""

    events: Annotated[list[Annotated[Report, Field(discriminator="event")]], Field(max_length=MOST_REPORTS)]


def read(request: HttpRequest, shape: type[Asked]) -> Asked:
    """The JSON object in the body; Misunderstood when it is no such object, or too large."""
    if request.content_type != "application/json" or len(request.body) > LARGEST_BODY:
        raise Misunderstood("send a small JSON object")
    try:
        return shape.model_validate_json(request.body)
    except ValidationError as error:
        places = sorted({".".join(map(str, problem["loc"])) or "body" for problem in error.errors(include_input=False)})
        raise Misunderstood(f"not understood: {', '.join(places)[:200]}") from None
