"""Having a phone show its screen by itself, where somebody can make it do so.

Software phones follow their screen over the device API. A Cisco phone must be told, which a door does; where the phone
is, whoever carries calls knows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from roamline.rooms.ledger.service import Wanted

SHOW_SCREEN = "headsets.show_screen"

AddressQuestion = Callable[[str], str | None]

_questions: list[AddressQuestion] = []


def ask_for_address(question: AddressQuestion) -> None:
    """Register who is asked for the address that a device is registered from; it answers None when it cannot tell."""
    _questions.append(question)


def address_of(device: str) -> str | None:
    """The IP address that a device is registered from, or None; ask it outside transactions, it may take a second."""
    return next((address for question in _questions if (address := question(device))), None)


def wish_to_show(device: str, version: int, now: datetime) -> Wanted:
    """The wish to have a phone told, soon after the commit, that what it shows has changed."""
    return Wanted(SHOW_SCREEN, device, version, {"since": now.isoformat()})
