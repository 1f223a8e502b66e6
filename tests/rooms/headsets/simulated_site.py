"""A phone with its headset machine and a world that is only played: quick enough to try every order of events.

It performs the machine's effects as the real services do (a log-in on a taken phone is refused, a log-out in a call
waits for its end), and checks after every event what must hold in every reachable state (HS-41).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from roamline.rooms.headsets.rules import machine
from roamline.rooms.headsets.rules.deeds import Done
from roamline.rooms.headsets.rules.moment import Moment
from roamline.rooms.headsets.rules.terms import (
    Associate,
    At,
    Credential,
    Effect,
    Event,
    HeadsetFacts,
    LogIn,
    LogOut,
    Notice,
    On,
    RememberSkip,
    Screen,
    Session,
    State,
    Timer,
    Why,
    World,
    timers,
)

NOON = datetime(2030, 5, 17, 12, 0, tzinfo=UTC)
GRACE = timedelta(minutes=5)
OFFER = timedelta(seconds=15)
ALICES, BOBS, NOBODYS = "alices", "bobs", "nobodys"
ABOUT_A_CONNECTED_ONE = {
    At.ASSOCIATION_FORM, At.SKIP_QUESTION, At.ASSOCIATED, At.PIN_FORM, At.COUNTDOWN, At.TAKE_OVER_QUESTION,
}  # fmt: skip


@dataclass
class Phone:
    """A phone; ``happens`` lets an event happen, the other methods are what people do."""

    pinless: bool = False
    sign_in_allowed: bool = True
    prompts: bool = True
    owners: dict[str, str | None] = field(default_factory=lambda: {ALICES: "alice", BOBS: "bob", NOBODYS: None})
    skipped: frozenset[str] = frozenset()
    may_sign_in: Callable[[str], bool] = lambda _serial: True
    full_users: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    state: State = field(default_factory=State)
    session: Session | None = None
    ending: bool = False
    in_call: bool = False
    now: datetime = NOON
    sessions: int = 0
    effects: list[Effect] = field(default_factory=list)

    def copy(self) -> Phone:
        """The same phone, to try something else on."""
        return replace(self, owners=dict(self.owners), effects=[])

    @property
    def screen(self) -> Screen:
        return self.state.screen

    @property
    def world(self) -> World:
        headsets = {
            serial: HeadsetFacts(
                owner=owner,
                skipped=serial in self.skipped,
                may_sign_in=owner is not None and self.sign_in_allowed and self.may_sign_in(serial),
                pinless=self.pinless,
                owner_is_elsewhere=owner in self.elsewhere,
            )
            for serial, owner in self.owners.items()
        }
        return World(self.prompts, self.sign_in_allowed, OFFER, GRACE, self.session, self.in_call, headsets)

    def happens(self, on: On, serial: str = "", **more: object) -> Phone:
        """Let an event happen, with a look at the session before it as the service does."""
        self._tell(Event(On.SESSION_CHANGED))
        self._tell(Event(on, serial, **more))  # type: ignore[arg-type]
        self.check()
        return self

    def connects(self, serial: str) -> Phone:
        return self.happens(On.CONNECTED, serial)

    def disconnects(self, serial: str) -> Phone:
        return self.happens(On.DISCONNECTED, serial)

    def submits(self, credential: Credential = Credential.RIGHT, user_id: str = "alice") -> Phone:
        return self.happens(On.SUBMIT, credential=credential, user_id=user_id)

    def logs_in_by_id_and_pin(self, user_id: str) -> Phone:
        """Somebody logs in at the phone's own service, if nobody is."""
        if self.session is None:
            self._begin(user_id)
        return self.happens(On.SESSION_CHANGED)

    def logs_out_at_the_phone(self) -> Phone:
        if not self.in_call:
            self.session, self.ending = None, False
        return self.happens(On.SESSION_CHANGED)

    def call_begins(self) -> Phone:
        self.in_call = True
        return self

    def call_ends(self) -> Phone:
        self.in_call = False
        if self.ending:
            self.session, self.ending = None, False
        return self.happens(On.SESSION_CHANGED)

    def time_comes(self, timer: Timer) -> Phone:
        """The time of an armed timer has come."""
        due = timers(self.state).get(timer)
        if due is None:
            return self
        self.now = max(self.now, due)
        on = {Timer.SIGN_IN: On.SIGN_IN_DUE, Timer.SIGN_OUT: On.SIGN_OUT_DUE, Timer.SETTLE: On.SETTLE_DUE}[timer]
        self.happens(on)
        assert timers(self.state).get(timer) != due, "a timer fires once"
        return self

    def _begin(self, user_id: str) -> None:
        self.sessions += 1
        self.session, self.ending = Session(f"session {self.sessions}", user_id), False

    def _tell(self, event: Event) -> None:
        pending = [event]
        while pending:
            event = pending.pop(0)
            before = self.state
            step = advance_checking_each_row(before, event, self.world, self.now)
            self.state = step.state
            for effect in step.effects:
                self.effects.append(effect)
                pending.extend(self._perform(effect, event, before))

    def _perform(self, effect: Effect, event: Event, before: State) -> list[Event]:
        if isinstance(effect, LogIn):
            return self._log_in(effect, event, before)
        if isinstance(effect, LogOut):
            return self._log_out(effect, event, before)
        if isinstance(effect, Associate):
            assert event.credential is Credential.RIGHT, "only a right PIN associates"
            if effect.user_id in self.full_users:
                return [Event(On.ASSOCIATION_REFUSED, effect.serial, notice=Notice.TOO_MANY_HEADSETS)]
            assert self.owners[effect.serial] is None, "at most one owner"
            self.owners[effect.serial] = effect.user_id
            self.skipped -= {effect.serial}
            return [Event(On.HEADSET_ASSOCIATED, effect.serial, user_id=effect.user_id)]
        assert isinstance(effect, RememberSkip)
        self.skipped |= {effect.serial}
        return []

    def _log_in(self, effect: LogIn, event: Event, before: State) -> list[Event]:
        assert effect.serial in before.connected, "only a connected headset signs in"
        assert self.owners[effect.serial] == effect.user_id, "only its owner"
        if effect.pinless:
            assert self.pinless
            assert before.screen.at is At.COUNTDOWN
        elif before.screen.at is At.PIN_FORM:
            assert event.credential is Credential.RIGHT
        else:
            assert before.screen.at is At.ASSOCIATED
            assert before.screen.until is not None
            assert self.now <= before.screen.until, "the PIN was right just now"
        if self.session is not None or effect.user_id in self.elsewhere:
            return [Event(On.LOG_IN_REFUSED, effect.serial, error=25 if self.session is None else 18)]
        self._begin(effect.user_id)
        return [Event(On.SESSION_CHANGED)]

    def _log_out(self, effect: LogOut, event: Event, before: State) -> list[Event]:
        assert self.session is not None
        assert effect.session == self.session.uuid, "never a session that is not the headset's"
        if effect.why is Why.TAKEN_OVER:
            assert event.on is On.YES, "never by time-out"
            assert not self.in_call, "never in a call"
        else:
            assert before.waiting is not None
            assert before.waiting.user_id == self.session.user_id
        if self.in_call:
            self.ending = True
        else:
            self.session, self.ending = None, False
        after = [Event(On.SESSION_CHANGED)]
        return [*after, Event(On.LOGGED_OUT, effect.serial)] if effect.why is Why.TAKEN_OVER else after

    def check(self) -> None:
        """What holds in every state."""
        state, screen = self.state, self.state.screen
        if screen.at in ABOUT_A_CONNECTED_ONE:
            assert screen.serial in state.connected
        if screen.at in {At.PIN_FORM, At.COUNTDOWN}:
            assert self.session is None, "nobody is asked to sign in on a taken phone"
        if screen.at is At.COUNTDOWN and screen.until is None:
            assert screen.user_id in self.elsewhere, "only an offer to somebody elsewhere waits for ever"
        if screen.at is At.SIGN_OUT_OFFER:
            assert state.waiting is not None
            assert screen.until == state.waiting.due
        if state.waiting is not None:
            assert self.session is not None
            assert state.waiting.session == self.session.uuid
            here = {self.owners[serial] for serial in state.connected}
            assert state.waiting.user_id not in here, "nobody waits for a headset that is there"
        assert len(set(state.connected)) == len(state.connected)
        assert set(state.silenced) <= set(state.connected)
        assert set(state.held) <= set(state.connected)
        assert state.session == self.session

    def key(self) -> tuple[object, ...]:
        """The phone but for the clock and the numbers of sessions, so that the reachable states are finite."""
        state = self.state
        names = {self.session.uuid: "session"} if self.session else {}
        session = Session("session", self.session.user_id) if self.session else None
        waiting = state.waiting
        if waiting:
            waiting = replace(waiting, session=names.get(waiting.session, "gone"), due=self._lasts(waiting.due, GRACE))
        screen = replace(
            state.screen,
            session=names.get(state.screen.session, "gone") if state.screen.session else "",
            until=self._lasts(state.screen.until, GRACE) if state.screen.until else None,
        )
        until = state.resets_until
        plain = replace(
            state, session=session, waiting=waiting, screen=screen,
            resets_until=self._lasts(until, GRACE) if until and until > self.now else None,
        )  # fmt: skip
        owners = tuple(sorted((serial, owner or "") for serial, owner in self.owners.items()))
        return plain, session, self.ending, self.in_call, owners, self.skipped, self.sign_in_allowed

    def _lasts(self, due: datetime, whole: timedelta) -> datetime:
        return NOON + whole if due > self.now else NOON


def advance_checking_each_row(state: State, event: Event, world: World, now: datetime) -> machine.Step:
    """Advance, and see that each row of the table leads where the table says."""
    pending, effects = [event], []
    seen: list[Effect] = effects
    while pending:
        moment = Moment(state, pending.pop(0), world, now)
        row = machine.fitting_row(moment)
        if row is None:
            continue
        done: Done = row.do(moment)
        expected = state.screen.at if row.to is None else row.to
        assert done.state.screen.at is expected, (row, done.state.screen)
        state = done.state
        seen.extend(done.effects)
        pending[:0] = done.then
    return machine.Step(state, tuple(effects))


Deed = tuple[str, Callable[[Phone], Phone]]


def everything_that_can_happen() -> Iterator[Deed]:
    """Every event, by name."""
    for serial in (ALICES, BOBS, NOBODYS):
        yield f"{serial} connects", lambda phone, s=serial: phone.connects(s)
        yield f"{serial} disconnects", lambda phone, s=serial: phone.disconnects(s)
        yield f"{serial} loses power", lambda phone, s=serial: phone.happens(On.DISCONNECTED, s, lost_power=True)
    for listed in ((), (ALICES,), (ALICES, NOBODYS)):
        yield f"list {listed}", lambda phone, s=listed: phone.happens(On.LISTED, serials=s)
    yield "menu", lambda phone: phone.happens(On.MENU)
    for credential in (Credential.BLANK, Credential.RIGHT, Credential.WRONG):
        yield f"submit {credential}", lambda phone, c=credential: phone.submits(c)
    for key in (On.EXIT, On.YES, On.NO, On.CANCEL, On.SIGN_IN, On.SIGN_OUT):
        yield key, lambda phone, k=key: phone.happens(k)
    for timer in Timer:
        yield f"time to {timer}", lambda phone, t=timer: phone.time_comes(t)
    for late in (On.SIGN_IN_DUE, On.SIGN_OUT_DUE, On.SETTLE_DUE):
        yield f"too early or too late: {late}", lambda phone, k=late: phone.happens(k)
    yield "call begins", lambda phone: phone.call_begins()
    yield "call ends", lambda phone: phone.call_ends()
    yield "alice logs in by id and PIN", lambda phone: phone.logs_in_by_id_and_pin("alice")
    yield "bob logs in by id and PIN", lambda phone: phone.logs_in_by_id_and_pin("bob")
    yield "log-out at the phone", lambda phone: phone.logs_out_at_the_phone()
    yield "alice's headset at another phone", lambda phone: phone.happens(On.OWNER_MOVED, user_id="alice")
    yield "headset sign-in is switched off or on", _switch


def _switch(phone: Phone) -> Phone:
    phone.sign_in_allowed = not phone.sign_in_allowed
    return phone
