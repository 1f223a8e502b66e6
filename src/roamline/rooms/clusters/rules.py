"""Where a user is, decided from what every cluster says of its own log-ins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LOGIN = "login"


class CannotJoin(ValueError):
    """The network cannot be made, joined or changed so; the text says what to change."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A cluster's word about a user: the stamp of their latest log-in there, and whether it has ended."""

    origin: str
    since: int
    ended: bool
    device: str = ""
    numbers: tuple[str, ...] = ()


def log_in_said(origin: str, stamp: int, payload: str | None) -> LogIn | None:
    """A record of kind *login* as a fact; None when it says nothing that is understood here."""
    try:
        fields = json.loads(payload or "null")
        since, numbers = fields.get("since") or stamp, fields.get("numbers", [])
        if type(since) is not int or not isinstance(numbers, list):
            return None
        texts = tuple(str(number)[:25] for number in numbers[:100])
        return LogIn(origin, min(since, stamp), fields.get("ended") is True, str(fields.get("device", ""))[:128], texts)
    except (ValueError, AttributeError):
        return None


def newest(log_ins: Iterable[LogIn]) -> LogIn | None:
    """The log-in that counts: the one with the greatest stamp, whether it stands or has ended (RO-5)."""
    return max(log_ins, key=lambda each: (each.since, each.origin), default=None)


@dataclass(frozen=True, slots=True)
class Received:
    """What a cluster says of a key; a payload of None says that it is gone."""

    origin: str
    cluster: str
    kind: str
    key: str
    payload: dict[str, Any] | None
    stamp: int
