"""Whether trunks answer: call control asks them and tells who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from roamline.rooms.dialplan.models import Trunk


@dataclass(frozen=True, slots=True)
class TrunkState:
    """What a trunk's last OPTIONS came to on this node: its SIP status, 408 for silence, and since when it is so."""

    is_up: bool
    status: int
    since: datetime


Asked = Callable[[Trunk], TrunkState | None]

_asked: list[Asked] = []


def ask_about_trunks(asked: Asked) -> None:
    """Name who knows; the last one named is asked."""
    _asked[:] = [asked]


def state_of(trunk: Trunk) -> TrunkState | None:
    """A trunk's state; None when nobody knows: call control is off, or has not asked it yet."""
    return _asked[0](trunk) if _asked else None
