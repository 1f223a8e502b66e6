"""Wishes of somebody at a phone that calls are forwarded, as call control passes them on; it waits for the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError

from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import forwarding
from roamline.rooms.phones.forwarding import Objection

log = structlog.get_logger(__name__)

FORWARD = "forward"
DONE = 603
"""There is nothing to talk to, so the call that set it ends; a phone that hears 603 does not try elsewhere."""

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,128}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,24}")
_TRANSACTION = re.compile(r"[0-9]{1,20}:[0-9]{1,20}")

ANSWERS: dict[Objection, tuple[int, str]] = {
    Objection.NO_SUCH_LINE: (403, "Not A Line Of This Device"),
    Objection.INTERCOM: (403, "Intercom Lines Are Not Forwarded"),
    Objection.NOT_A_NUMBER: (484, "Address Incomplete"),
    Objection.ITSELF: (403, "A Line Cannot Forward To Itself"),
    Objection.EMERGENCY: (403, "Not To An Emergency Number"),
    Objection.UNREACHED: (403, "Not Permitted"),
    Objection.SECONDS: (400, "Bad Request"),
}


@dataclass(frozen=True, slots=True)
class ForwardWish:
    """All calls of a device's line are to go to ``destination``, or nowhere else when it is empty.

    ``transaction`` is the call that waits for the answer, by the name that ``tm.reply`` takes.
    """

    device: str
    line: str
    destination: str
    transaction: str


def parse(fields: dict[str, Any]) -> ForwardWish | None:
    """A wish as call control told it; None when a field is not what it may be."""
    device, line, destination, transaction = (
        str(fields.get(name, "")) for name in ("device", "line", "destination", "transaction")
    )
    good = (
        _DEVICE.fullmatch(device)
        and _NUMBER.fullmatch(line)
        and (not destination or _NUMBER.fullmatch(destination))
        and _TRANSACTION.fullmatch(transaction)
    )
    return ForwardWish(device, line, destination, transaction) if good else None


def fulfil(wish: ForwardWish, now: datetime) -> None:
    """Do what was wished, for the profile that the phone runs (EM-32), and answer the call that waits.

    Without a database nothing is changed and the caller is told so.
    """
    try:
        outcome = forwarding.set_on_phone(
            wish.device, wish.line, wish.destination, author=Author(_who(wish.device), "phone"), now=now
        )
    except DatabaseError:
        log.warning("a forward was not set: the database does not answer", device=wish.device)
        _answer(wish, 503, "Not Changed, Try Again")
        return
    if isinstance(outcome, Objection):
        _answer(wish, *ANSWERS[outcome])
    else:
        _answer(wish, DONE, f"Forwarded To {outcome.destination}" if outcome.destination else "Forwarding Ended")


def _who(device: str) -> str:
    """The user who is logged in on a phone, or the phone itself."""
    user = mobility.users_on([device]).get(device.lower())
    return (user.user_id if user is not None else None) or device


def _answer(wish: ForwardWish, code: int, reason: str) -> None:
    # Kamailio 5.6 answers nothing without a body.
    reply = (code, reason, wish.transaction, "forward", "Content-Type: text/plain\r\n", f"{reason}\r\n")
    try:
        Rpc.of(settings.CONFIG).call("tm.reply", *reply)
    except (Unreachable, RpcRefused) as error:
        log.warning("the answer to a forward did not arrive", device=wish.device, error=type(error).__name__)
