"""What log-ins and log-outs share: admission, error 6, running a profile on a phone, the audit of refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import ParamSpec, TypeVar

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.platform.admission import Slots
from roamline.platform.shared_count import SharedCount
from roamline.rooms.directory import authentication
from roamline.rooms.directory.authentication import Checked
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.rules.effective import DEFAULT_LOCALE
from roamline.rooms.mobility.service.terms import MANUAL_WAYS, By, Way
from roamline.rooms.parameters.rules import CLEAR_CALL_LOGS
from roamline.rooms.parameters.service import Parameters
from roamline.rooms.phones import secrets

log = structlog.get_logger(__name__)

EXPIRY = "mobility.maximum_login_time"
RECONFIGURE = "phone.reconfigure"
CLEAR_HISTORY = "phone.clear_history"

P = ParamSpec("P")
R = TypeVar("R")


def as_database_error(operation: Callable[P, R]) -> Callable[P, R | Refused]:
    """Turn database trouble into error 6, logged with its cause."""

    @wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Refused:
        try:
            return operation(*args, **kwargs)
        except DatabaseFailure as failure:
            log.error("database trouble", operation=operation.__name__, error=type(failure).__name__)
            return Refused(Error.DATABASE_ERROR, type(failure).__name__)

    return guarded


SessionListener = Callable[[int, datetime], None]

_listeners: list[SessionListener] = []


def on_session_change(listener: SessionListener) -> SessionListener:
    """Have a room above hear of each log-in and log-out: ``listener(phone id, now)``, in its transaction.

    The transaction holds the user and the phone: a listener notes what must follow, and locks nothing itself.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def announce_session_change(phone_id: int, now: datetime) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(phone_id, now)


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A log-in or log-out that happens in this transaction; the account's row is locked."""

    account_id: int
    user_id: str
    profile_id: int
    device: str
    began: bool
    way: Way


SessionFactListener = Callable[[SessionFact, datetime], bool]

_fact_listeners: list[SessionFactListener] = []


def on_session_fact(listener: SessionFactListener) -> SessionFactListener:
    """Have a room above hear of each log-in and log-out with who, where and by which way, in its transaction.

    It answers whether everybody who must learn of it does now (RO-20).
    """
    if listener not in _fact_listeners:
        _fact_listeners.append(listener)
    return listener


def announce_session_fact(fact: SessionFact, now: datetime) -> bool:
    """Tell every listener; whether everybody who must learn of it does."""
    answers = [listener(fact, now) for listener in _fact_listeners]
    return all(answers)


@cache
def requests_in_progress() -> Slots:
    """The slots of this node's log-ins and log-outs (EM-24)."""
    return Slots(settings.CONFIG.run_dir / "em-requests")


def requests_throttled() -> SharedCount:
    """How many log-ins and log-outs of this node were refused with 26 (EM-24)."""
    return SharedCount(settings.CONFIG.run_dir / "em-throttled")


def restart_kind(before: str, after: str) -> str:
    """Reset when the phone's language changes, else restart (EM-31); no locale means the default one."""
    return "reset" if (before or DEFAULT_LOCALE) != (after or DEFAULT_LOCALE) else "restart"


def run_profile(
    phone: store.LockedPhone, profile_id: int, restart_kind: str, now: datetime, *, clears_history: bool = False
) -> None:
    """Have a locked phone run a profile with a new secret; it is told, and its call history goes where it must."""
    seconds = int(now.timestamp())
    # A phone that never registered with its last secret still runs the one before: keep that one.
    kept = phone.previous_ha1 if phone.previous_ha1 and phone.previous_until > seconds else phone.ha1
    ha1 = secrets.ha1_of(phone.name, phone.version)
    store.run_profile(phone, profile_id, ha1, kept, seconds + secrets.PREVIOUS_IS_GOOD_FOR)
    ledger.ask_for_effect(RECONFIGURE, phone.name, phone.version, now, {"action": restart_kind})
    if clears_history:
        store.clear_history(phone)
        ledger.ask_for_effect(CLEAR_HISTORY, phone.name, phone.version, now, {"since": seconds})


def clears_history(way: Way, in_force: Parameters) -> bool:
    """Whether a log-in or log-out clears the phone's call history: one by hand does, where the parameter says so."""
    return way in MANUAL_WAYS and in_force.is_true(CLEAR_CALL_LOGS)


def audit_refusal(
    action: str, device: str, identifier: str, refused: Refused, by: By, now: datetime, checked: Checked | None = None
) -> None:
    """Write a refusal to the audit and count the credential that was wrong, if one was.

    One commit for both, so that unknown, wrong and locked cost the same (S-1). A refusal is answered even when it
    cannot be audited; a wrong credential that cannot be counted is database trouble.
    """
    try:
        with transaction.atomic():
            if checked is not None:
                authentication.count(checked, now, source=by.source)
            ledger.record(
                at=now, action=action, actor=by.actor or identifier, way=by.way, source=by.source, user_id=identifier,
                device=device, result=refused.error.number, succeeded=False, reason=refused.reason,
            )  # fmt: skip
    except DatabaseFailure:
        log.error("a refusal could not be audited", action=action, device=device, error=refused.error.number)
        if checked is not None:
            raise
