"""What log-ins and log-outs share: admission, error 6, running a profile on a phone, the audit of refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from roamline.rooms.ledger.service import Wanted
from roamline.rooms.mobility import store
from roamline.rooms.mobility.rules.effective import DEFAULT_LOCALE
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.service import trouble
from roamline.rooms.mobility.service.terms import MANUAL_WAYS, By, Way
from roamline.rooms.mobility.service.trouble import Unaudited
from roamline.rooms.parameters.moment import once
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


def phone_known_as(device: str) -> PhoneFacts | None:
    """What is known of a phone, by its name ignoring case, read once per moment: what matters is read again locked."""
    return once(("phone", device.lower()), lambda: store.phone_by_name(device))


def settle(action: str, device: str, identifier: str, outcome: object, by: By, now: datetime) -> None:
    """After an attempt: one that met database trouble is kept for the audit; after any other the kept are audited."""
    if isinstance(outcome, Refused) and outcome.error is Error.DATABASE_ERROR:
        trouble.keep(Unaudited(action, device, identifier, outcome, by, now))
    else:
        trouble.audit_kept()


SessionListener = Callable[[list[int], datetime], None]

_listeners: list[SessionListener] = []


def on_session_change(listener: SessionListener) -> SessionListener:
    """Have a room above hear of log-ins and log-outs: ``listener(phone ids, now)``, in their transaction.

    The transaction holds the users and the phones: a listener notes what must follow, and locks nothing itself.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def announce_session_changes(phone_ids: list[int], now: datetime) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(phone_ids, now)


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A log-in or log-out that happens in this transaction; the account's row is locked."""

    account_id: int
    user_id: str
    profile_id: int
    device: str
    began: bool
    way: Way


SessionFactListener = Callable[[Sequence[SessionFact], datetime], bool]

_fact_listeners: list[SessionFactListener] = []


def on_session_facts(listener: SessionFactListener) -> SessionFactListener:
    """Have a room above hear of log-ins and log-outs with who, where and by which way, in their transaction.

    It answers whether everybody who must learn of them does now (RO-20).
    """
    if listener not in _fact_listeners:
        _fact_listeners.append(listener)
    return listener


def announce_session_facts(facts: Sequence[SessionFact], now: datetime) -> bool:
    """Tell every listener; whether everybody who must learn of it does."""
    answers = [listener(facts, now) for listener in _fact_listeners]
    return all(answers)


ReconfiguredListener = Callable[[Sequence[store.LockedPhone], datetime], None]

_reconfigured_listeners: list[ReconfiguredListener] = []


def on_reconfigured(listener: ReconfiguredListener) -> ReconfiguredListener:
    """Have a room above hear of phones' new configurations: ``listener(phones, now)``, in their transaction."""
    if listener not in _reconfigured_listeners:
        _reconfigured_listeners.append(listener)
    return listener


@cache
def requests_in_progress() -> Slots:
    """The slots of this node's log-ins and log-outs (EM-24)."""
    return Slots(settings.CONFIG.run_dir / "em-requests")


def requests_throttled() -> SharedCount:
    """How many log-ins and log-outs of this node were refused with 26 (EM-24)."""
    return SharedCount(settings.CONFIG.run_dir / "em-throttled")


Shape = tuple[str, str]
"""What a phone can only take up by a reset: its locale, and its expansion modules as ``<kind> <number>``."""


def restart_kind(before: Shape, after: Shape) -> str:
    """Reset when the phone's language or its expansion modules change, else restart (EM-31).

    No locale means the default one.
    """
    same_language = (before[0] or DEFAULT_LOCALE) == (after[0] or DEFAULT_LOCALE)
    return "restart" if same_language and before[1] == after[1] else "reset"


@dataclass(frozen=True, slots=True)
class Run:
    """What a locked phone is to run from now on, and how it is told."""

    phone: store.LockedPhone
    profile_id: int
    restart_kind: str
    clears_history: bool = False


def run_profiles(runs: Sequence[Run], now: datetime) -> None:
    """Have locked phones run profiles with new secrets; they are told, and call histories go where they must."""
    seconds = int(now.timestamp())
    cleared = [run.phone for run in runs if run.clears_history]
    store.run_profiles(
        (run.phone, run.profile_id, secrets.ha1_of(run.phone.name, run.phone.version), _kept(run.phone, seconds),
         seconds + secrets.PREVIOUS_IS_GOOD_FOR)
        for run in runs
    )  # fmt: skip
    store.clear_histories(cleared)
    for listener in _reconfigured_listeners:
        listener([run.phone for run in runs], now)
    told = [Wanted(RECONFIGURE, run.phone.name, run.phone.version, {"action": run.restart_kind}) for run in runs]
    told += [Wanted(CLEAR_HISTORY, phone.name, phone.version, {"since": seconds}) for phone in cleared]
    ledger.ask_for_effects(told, now)


def _kept(phone: store.LockedPhone, seconds: int) -> str:
    """The secret that is good for a while yet: of a phone that never registered with its last one, the one before."""
    return phone.previous_ha1 if phone.previous_ha1 and phone.previous_until > seconds else phone.ha1


def clears_history(way: Way, in_force: Parameters) -> bool:
    """Whether a log-in or log-out clears the phone's call history: one by hand does, where the parameter says so."""
    return way in MANUAL_WAYS and in_force.is_true(CLEAR_CALL_LOGS)


def audit_refusal(
    action: str, device: str, identifier: str, refused: Refused, by: By, now: datetime, checked: Checked | None = None
) -> None:
    """Write a refusal to the audit and count the credential that was wrong, if one was.

    One commit for both, so that unknown, wrong and locked cost the same (S-1). A refusal is answered even when it
    cannot be audited yet; a wrong credential that cannot be counted is database trouble.
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
        if checked is not None:
            raise
        trouble.keep(Unaudited(action, device, identifier, refused, by, now))
