"""What a room above knows of phones and other clusters: who logs a visitor out, and which phones must wait (RO-30)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Wanted
from roamline.rooms.mobility import store
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.service.terms import By, LoggedOut, LogsOutAfterCall, Way

LOG_OUT_VISITOR = "mobility.log_out_visitor"

VisitorLogOut = Callable[[PhoneFacts, By, datetime], LoggedOut | LogsOutAfterCall | Refused]
Hold = Callable[[str], bool]

_log_out: list[VisitorLogOut] = []
_holds: list[Hold] = []


def on_visitor_log_out(deed: VisitorLogOut) -> VisitorLogOut:
    """Name who logs out a user of another cluster: ``deed(phone, by, now)``, outside of any transaction."""
    _log_out[:] = [deed]
    return deed


def log_out(
    phone: PhoneFacts, by: By, now: datetime, only: str | None = None
) -> LoggedOut | LogsOutAfterCall | Refused:  # fmt: skip
    """Log out the user of another cluster who is on a phone; with ``only`` nobody may: they are no user here (S-3)."""
    if only is not None:
        return Refused(Error.LACKS_PROXY_RIGHTS, _("somebody else is logged in on the phone"))
    if not _log_out:
        return Refused(Error.NO_USER_LOGGED_IN, _("nobody is logged in on the phone"))
    return _log_out[0](phone, by, now)


def log_out_soon(devices: Sequence[str], by: By, now: datetime) -> None:
    """Have users of other clusters logged out on these phones, in the caller's transaction: their homes are asked."""
    payload = {"actor": by.actor, "way": by.way}
    ledger.ask_for_effects([Wanted(LOG_OUT_VISITOR, device, 0, payload) for device in devices], now)


@ledger.on_effect(LOG_OUT_VISITOR)
def log_out_visitor(device: str, _version: int, payload: dict[str, Any], now: datetime) -> None:
    """Log out the user of another cluster who is on a phone."""
    phone = store.phone_by_name(device)
    if phone is not None and phone.has_visitor:
        log_out(phone, By(str(payload["actor"]), Way(payload["way"])), now)


def on_hold(question: Hold) -> Hold:
    """Register who says that a phone is not to be told of its new configuration yet: ``question(device)``."""
    if question not in _holds:
        _holds.append(question)
    return question


def is_held(device: str) -> bool:
    """Whether a phone is not to be told of its new configuration yet: something else must happen first."""
    return any(question(device) for question in _holds)
