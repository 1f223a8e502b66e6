"""Calls and log-outs: a call in progress is never dropped (EM-42).

Whether a phone is in a call is not stored: it is asked, of whoever carries calls. A log-out that meets a call makes
the session *ending*; an effect ends it as soon as the phone is idle, which it learns by looking every few seconds and
at once when call control reports the end of a call. So nothing is forgotten by a restart of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Wanted
from roamline.rooms.mobility import store
from roamline.rooms.mobility.service.terms import By, LogsOutAfterCall

END_WHEN_IDLE = "mobility.end_when_idle"
LOOK_AGAIN_SECONDS = 5.0

CallQuestion = Callable[[str], bool | None]
CallsQuestion = Callable[[Sequence[str]], set[str]]
CallsUp = Callable[[], list[tuple[str, ...]]]

_questions: list[CallQuestion] = []
_questions_about_many: dict[CallQuestion, CallsQuestion] = {}
_calls_up: list[CallsUp] = []


def ask_about_calls(question: CallQuestion, about_many: CallsQuestion | None = None) -> None:
    """Register who is asked whether a device is in a call; it answers None when it cannot tell.

    ``about_many`` is a quicker way to the same for many devices: it answers those that are in a call.
    """
    _questions.append(question)
    if about_many is not None:
        _questions_about_many[question] = about_many


def is_in_call(device: str) -> bool:
    """Whether a phone is in a call as far as anybody can tell; ask it outside transactions, it may take a second."""
    return any(question(device) for question in _questions)


def ask_for_calls_up(question: CallsUp) -> None:
    """Register who lists the calls that are up: for each the folded names of its devices."""
    if question not in _calls_up:
        _calls_up.append(question)


def calls_up_on(devices: Iterable[str]) -> int:
    """How many calls are up on these phones, as far as anybody noted; for a warning, not for a decision."""
    asked = {device.lower() for device in devices}
    return sum(1 for question in _calls_up for call in question() if asked.intersection(call))


def in_call(devices: Sequence[str]) -> set[str]:
    """Those of some phones that are in a call; ask it outside transactions."""
    busy: set[str] = set()
    for question in _questions if devices else ():
        about_many = _questions_about_many.get(question)
        busy |= about_many(devices) if about_many else {device for device in devices if question(device)}
    return busy


def end_all_when_idle(sessions: Sequence[store.OpenSession], by: By, now: datetime) -> set[UUID]:
    """As :func:`end_when_idle`, in the caller's transaction; those that were made so, waiting for nobody's lock."""
    marked = store.mark_all_ending([session.id for session in sessions], now, by.way, by.actor)
    uuids = [session.uuid for session in sessions if session.id in marked]
    ledger.ask_for_effects([Wanted(END_WHEN_IDLE, str(uuid), 0) for uuid in uuids], now)
    return set(uuids)


def end_when_idle(session: store.OpenSession, by: By, now: datetime) -> bool:
    """Make a session *ending*: it ends once its phone is idle, at once when it is now. False when it was already."""
    with transaction.atomic():
        is_new = store.mark_ending(session.id, now, by.way, by.actor)
        if is_new:
            ledger.ask_for_effect(END_WHEN_IDLE, str(session.uuid), 0, now)
    return is_new


def wait_for_call(session: store.OpenSession, by: By, now: datetime) -> LogsOutAfterCall:
    """Have a log-out wait for the call that is up. Asking twice is the same as asking once."""
    with transaction.atomic():
        if end_when_idle(session, by, now):
            ledger.record(
                at=now, action="em.logout.waits_for_call", actor=by.actor, way=by.way, source=by.source,
                user_id=session.user_id, device=session.device, details={"session": str(session.uuid)},
            )  # fmt: skip
    return LogsOutAfterCall(session.device, session.user_id)


def call_ended(device: str, now: datetime) -> None:
    """A call of a phone is over: a session that waits for that is looked at now."""
    waiting = store.session_ending_on(device)
    if waiting is not None:
        with transaction.atomic():
            ledger.ask_for_effect(END_WHEN_IDLE, str(waiting), 0, now)
