"""Running the machine: one event in one transaction, with its effects, its timers and the wake-up of who watches.

The machine's row is locked first, then accounts and phones by the log-ins and log-outs that it asks for. A log-in by
any other way never waits for a machine: it leaves an effect behind by which the machine looks at the phone anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from roamline.kernel.outcome import Refused
from roamline.rooms.headsets import store
from roamline.rooms.headsets.codec import from_json, to_json
from roamline.rooms.headsets.rules.machine import advance
from roamline.rooms.headsets.rules.terms import (
    Associate,
    At,
    Effect,
    Event,
    LogIn,
    LogOut,
    On,
    RememberSkip,
    State,
    Timer,
    Why,
    timers,
)
from roamline.rooms.headsets.service import association
from roamline.rooms.headsets.service.showing import wish_to_show
from roamline.rooms.headsets.world import session_on, world_of
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Entry, Wanted
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility import store as sessions
from roamline.rooms.mobility.service import By, LoggedIn, Way

LOOK_ANEW = "headsets.look_anew"
DEADLINES = {Timer.SIGN_IN: "headsets.sign_in", Timer.SIGN_OUT: "headsets.sign_out", Timer.SETTLE: "headsets.settle"}
SIGNED_OUT_BY = {
    Why.PRESSED: Way.HEADSET, Why.TAKEN_OVER: Way.HEADSET, Why.DUE: Way.HEADSET_AWAY, Why.MOVED: Way.HEADSET_AWAY,
}  # fmt: skip
_DUE = {Timer.SIGN_IN: On.SIGN_IN_DUE, Timer.SIGN_OUT: On.SIGN_OUT_DUE, Timer.SETTLE: On.SETTLE_DUE}


Telling = Callable[[store.Machine], Event | None]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where an event comes from, and whether the phone is in a call (asked beforehand; it may take a second).

    ``is_answered`` when whoever brought it gets the next screen for an answer, and need not be told to open it.
    """

    source: str = ""
    in_call: bool = False
    is_answered: bool = False


def screen_id(machine: store.Machine, number: int) -> str:
    """The id of a machine's nth screen."""
    return str(uuid5(machine.uuid, str(number)))


def deliver(
    phone_id: int, about: Event | Telling, now: datetime, where: Circumstances = Circumstances(), *, report: str = "",
    screen: str = "",
) -> bool:  # fmt: skip
    """Let one event happen to a phone; whether it did.

    It does not when a report with the id ``report`` was taken before, or when the phone shows another screen than
    ``screen`` by now. An event that must be told of first is asked for in the same transaction, with the machine
    locked; None means that there is none.
    """
    with transaction.atomic():
        machine = store.lock_machine(phone_id)
        if machine is None or not store.is_new_report(machine, report):
            return False
        event = about if isinstance(about, Event) else about(machine)
        if event is None:
            return False
        phone = store.phone_by_id(phone_id)
        if phone is None:
            return False
        run = _Run(phone, machine, event, now, where)
        run.tell(Event(On.SESSION_CHANGED))
        is_current = not screen or screen == run.screen_id
        if is_current:
            run.tell(event)
        run.save()
    return is_current


class _Run:
    """One transaction of a machine."""

    def __init__(
        self, phone: store.PhoneRow, machine: store.Machine, about: Event, now: datetime, where: Circumstances
    ) -> None:
        self._machine, self._now, self._where = machine, now, where
        self._phone, self._phone_id = phone, phone.id
        self._before = from_json(machine.state, session_on(phone))
        self._state = self._before
        self._known = {*about.serials, about.serial, *self._state.connected, self._state.screen.serial} - {""}
        self._world = world_of(phone, sorted(self._known), now, in_call=where.in_call)
        self._is_stale = False

    @property
    def screen_id(self) -> str:
        return screen_id(self._machine, self._number)

    @property
    def _number(self) -> int:
        return self._machine.screen_number + (self._state.screen != self._before.screen)

    def tell(self, event: Event) -> None:
        pending = [event]
        while pending:
            event = pending.pop(0)
            if not self._look({*event.serials, event.serial}):
                return
            step = advance(self._state, event, self._world, self._now)
            self._state = step.state
            for effect in step.effects:
                pending.extend(_perform(effect, self._phone, self._where, self._now))
                self._is_stale = True

    def _look(self, serials: set[str]) -> bool:
        """Read the world where it is not as it was, or lacks a headset; False when the phone is gone."""
        wanted = (serials | {*self._state.connected, self._state.screen.serial}) - {""}
        if self._is_stale:
            phone = store.phone_by_id(self._phone_id)
            if phone is None:
                return False
            self._phone = phone
        if self._is_stale or not wanted <= self._known:
            self._known |= wanted
            self._world = world_of(self._phone, sorted(self._known), self._now, in_call=self._where.in_call)
            self._is_stale = False
        return True

    def save(self) -> None:
        state, phone = self._state, self._phone
        _arm(self._phone_id, self._before, state)
        if state != self._before or not self._machine.state:
            store.save_machines([kept(self._machine, state, self._number)])
            ledger.wake_after_commit()
        must_be_told = not phone.is_software and not self._where.is_answered
        if must_be_told and state.screen != self._before.screen:
            ledger.ask_for_effects([wish_to_show(phone.name, self._number, self._now)], self._now)


def kept(
    machine: store.Machine, state: State, screen_number: int
) -> tuple[store.Machine, dict[str, Any], int, str, bool]:
    """A machine's state as it is stored."""
    waiting = state.waiting.user_id if state.waiting else ""
    follows = bool(state.connected or state.waiting or state.screen.at is not At.NOTHING)
    return machine, to_json(state), screen_number, waiting, follows


def _arm(phone_id: int, before: State, after: State) -> None:
    old, new = timers(before), timers(after)
    for timer, kind in DEADLINES.items():
        if timer in new and new[timer] != old.get(timer):
            ledger.schedule(kind, str(phone_id), new[timer])
        elif timer in old and timer not in new:
            ledger.cancel(kind, str(phone_id))


def _perform(effect: Effect, phone: store.PhoneRow, where: Circumstances, now: datetime) -> list[Event]:
    if isinstance(effect, LogIn):
        return _log_in(effect, phone, where, now)
    if isinstance(effect, LogOut):
        return _log_out(effect, where, now)
    if isinstance(effect, Associate):
        return _associate(effect, phone, where, now)
    if isinstance(effect, RememberSkip):
        store.remember_skip(phone.id, effect.serial, now)
        ledger.record(at=now, action="headset.skipped", way=Way.HEADSET, source=where.source, device=phone.name,
                      subject=effect.serial)  # fmt: skip
    return []


def _log_in(effect: LogIn, phone: store.PhoneRow, where: Circumstances, now: datetime) -> list[Event]:
    way = Way.HEADSET_PINLESS if effect.pinless else Way.HEADSET
    request = mobility.LogIn(phone.name, effect.user_id, None, profile=effect.profile, as_oneself=True)
    outcome = mobility.log_in(request, By(effect.user_id, way, where.source), now)
    headset = store.headsets_on(phone.id, [effect.serial]).get(effect.serial)
    ledger.record(
        at=now, action="headset.sign_in", actor=effect.user_id, way=way, source=where.source, user_id=effect.user_id,
        device=phone.name, subject=effect.serial, succeeded=isinstance(outcome, LoggedIn),
        result=outcome.error.number if isinstance(outcome, Refused) else 0,
        reason=outcome.reason if isinstance(outcome, Refused) else "",
        details={"reported by": headset.source if headset else ""},
    )  # fmt: skip
    if isinstance(outcome, LoggedIn):
        store.note_sign_in(outcome.session, effect.serial, effect.pinless)
        return [Event(On.SESSION_CHANGED)]
    number = outcome.error.number if isinstance(outcome, Refused) else 0
    return [Event(On.LOG_IN_REFUSED, effect.serial, error=number)]


def _log_out(effect: LogOut, where: Circumstances, now: datetime) -> list[Event]:
    session = sessions.session_by_uuid(UUID(effect.session))
    if session is not None:
        _end(session, effect, where, now)
    if effect.why is Why.DUE:
        return []  # it ends later
    after = [Event(On.SESSION_CHANGED)]
    return [*after, Event(On.LOGGED_OUT, effect.serial)] if effect.why is Why.TAKEN_OVER else after


def _end(session: sessions.OpenSession, effect: LogOut, where: Circumstances, now: datetime) -> None:
    by_itself = effect.why in {Why.DUE, Why.MOVED}
    by = By("" if by_itself else session.user_id, SIGNED_OUT_BY[effect.why], where.source)
    ledger.record_all([sign_out_entry(session, effect, by, now)])
    if effect.why is Why.DUE:
        # Nobody could be asked about calls in a deadline's transaction: an effect ends it once the phone is idle.
        mobility.end_when_idle(session, by, now)
    elif where.in_call:
        mobility.wait_for_call(session, by, now)
    else:
        mobility.end(session, by, now)


def sign_out_entry(session: sessions.OpenSession, effect: LogOut, by: By, now: datetime) -> Entry:
    """What the audit says of a sign-out by headset."""
    return Entry(
        at=now, action="headset.sign_out", actor=by.actor, way=by.way, source=by.source, user_id=session.user_id,
        device=session.device, subject=effect.serial, details={"why": effect.why},
    )  # fmt: skip


def _associate(effect: Associate, phone: store.PhoneRow, where: Circumstances, now: datetime) -> list[Event]:
    outcome = association.associate_on_phone(
        effect.serial, effect.user_id, device=phone.name, source=where.source, now=now
    )
    if isinstance(outcome, association.NotAssociated):
        return [Event(On.ASSOCIATION_REFUSED, effect.serial, notice=outcome.notice)]
    return [Event(On.HEADSET_ASSOCIATED, effect.serial, user_id=effect.user_id)]


def _when_due(timer: Timer) -> None:
    @ledger.on_deadline(DEADLINES[timer])
    def due(subject: str, _payload: dict[str, Any], now: datetime) -> None:
        deliver(int(subject), Event(_DUE[timer]), now, Circumstances("timer"))


for _timer in Timer:
    _when_due(_timer)


@mobility.on_session_change
def session_changed(phone_ids: list[int], now: datetime) -> None:
    """Log-ins or log-outs, by whatever way: the phones' machines look at it soon after the commit (HS-28)."""
    following = store.following_sessions(phone_ids)
    ledger.ask_for_effects([Wanted(LOOK_ANEW, str(phone_id), 0) for phone_id in following], now)


@ledger.on_effect(LOOK_ANEW)
def look_anew(subject: str, _version: int, _payload: dict[str, Any], now: datetime) -> None:
    """Let a phone's machine notice who is signed in now."""
    deliver(int(subject), Event(On.SESSION_CHANGED), now)
