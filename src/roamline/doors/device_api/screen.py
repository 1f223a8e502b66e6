"""The screen that a device shows, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema

from roamline.rooms.headsets import screens


class ChoiceOut(Schema):
    """One of several values of a field."""

    value: str
    label: str


class FieldOut(Schema):
    """Something to enter; ``pin`` is masked."""

    name: str
    label: str
    kind: Literal["text", "pin", "choice"]
    value: str
    choices: list[ChoiceOut]


class SoftKeyOut(Schema):
    """A soft key; ``key`` goes back with the input."""

    key: str
    label: str


class CountdownOut(Schema):
    """When something happens by itself, and what."""

    until: datetime
    seconds: int
    then: Literal["sign_in", "sign_out"]


class ScreenOut(Schema):
    """A screen."""

    id: str
    kind: str
    title: str
    text: str
    fields: list[FieldOut]
    softkeys: list[SoftKeyOut]
    countdown: CountdownOut | None


class MenuOut(Schema):
    """Which items of *Headset setup* can be chosen (HS-23)."""

    associate_headset: bool


def screen_out(shown: screens.ShownScreen | None) -> ScreenOut | None:
    """A screen as it is sent; None for nothing to show."""
    if shown is None:
        return None
    countdown = shown.countdown
    return ScreenOut(
        id=shown.id,
        kind=shown.kind,
        title=shown.title,
        text=shown.text,
        fields=[_field(each) for each in shown.fields],
        softkeys=[SoftKeyOut(key=each.key, label=each.label) for each in shown.keys],
        countdown=CountdownOut(until=countdown.until, seconds=countdown.seconds, then=countdown.then)
        if countdown
        else None,
    )


def _field(field: screens.Field) -> FieldOut:
    choices = [ChoiceOut(value=each.value, label=each.label) for each in field.choices]
    return FieldOut(name=field.name, label=field.label, kind=field.kind, value=field.value, choices=choices)
