"""The words of the headset machine: what it remembers, what it is told, what it knows, what it asks for."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_CONNECTED = 16
ATTEMPTS_SHOWN_AGAIN = 3
PIN_STAYS_CHECKED = timedelta(minutes=2)
RESET_TAKES = timedelta(seconds=60)


class At(enum.StrEnum):
    """Which screen a phone shows."""

    NOTHING = "nothing"
    ASSOCIATION_FORM = "association form"
    SKIP_QUESTION = "skip question"
    ASSOCIATED = "associated"
    PIN_FORM = "pin form"
    COUNTDOWN = "countdown"
    TAKE_OVER_QUESTION = "take-over question"
    SIGN_OUT_OFFER = "sign-out offer"
    NOTICE = "notice"


class On(enum.StrEnum):
    """What can happen. The last two come from the machine itself."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    LISTED = "listed"
    MENU = "menu"

    SUBMIT = "submit"
    EXIT = "exit"
    YES = "yes"
    NO = "no"
    CANCEL = "cancel"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"

    SIGN_IN_DUE = "sign-in due"
    SIGN_OUT_DUE = "sign-out due"
    SETTLE_DUE = "reset over"

    HEADSET_ASSOCIATED = "headset associated"
    ASSOCIATION_REFUSED = "association refused"
    LOG_IN_REFUSED = "log-in refused"
    LOGGED_OUT = "logged out"

    SESSION_CHANGED = "session changed"
    OWNER_MOVED = "owner moved"

    OFFER = "offer"
    SESSION_ENDED = "session ended"


KEYS = frozenset({On.SUBMIT, On.EXIT, On.YES, On.NO, On.CANCEL, On.SIGN_IN, On.SIGN_OUT})


class Credential(enum.StrEnum):
    """What became of the id and PIN of a form."""

    NONE = "none"
    BLANK = "blank"
    RIGHT = "right"
    WRONG = "wrong"


class Notice(enum.StrEnum):
    """What a notice is about."""

    NONE = ""
    TOO_MANY_ATTEMPTS = "too many attempts"
    TOO_MANY_HEADSETS = "too many headsets"
    OWNED_BY_ANOTHER = "owned by another"
    ALREADY_ASSOCIATED = "already associated"
    SIGN_IN_FAILED = "sign-in failed"
    IN_CALL = "in a call"
    SIGNS_OUT_AFTER_CALL = "signs out after the call"


class Timer(enum.StrEnum):
    """What can be armed on a phone: at most one of each."""

    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    SETTLE = "settle"


class Why(enum.StrEnum):
    """Why the machine asks for a log-out."""

    PRESSED = "Sign out was pressed"
    DUE = "the headset stayed away"
    TAKEN_OVER = "the owner of another headset takes the phone"
    MOVED = "the headset was connected to another phone"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's login session on the phone."""

    uuid: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What the phone shows: ``serial`` is the headset it is about, ``user_id`` the person.

    ``until`` is when a countdown, the time left to sign out, or the trust in a PIN that was right, ends. An offer
    without it waits for its user, however long.
    """

    at: At = At.NOTHING
    serial: str = ""
    user_id: str = ""
    session: str = ""
    attempts: int = 0
    error: int = 0
    until: datetime | None = None
    notice: Notice = Notice.NONE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session whose owner's headset is gone: it ends at ``due`` unless the headset comes back."""

    serial: str
    session: str
    user_id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the machine remembers of one phone. Serial numbers are folded.

    ``silenced`` headsets were told to be quiet until they are disconnected; ``held`` ones were missing in a list, or
    lost their power, while the phone was resetting.
    """

    connected: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    session: Session | None = None
    resets_until: datetime | None = None
    waiting: Waiting | None = None
    screen: Screen = field(default_factory=Screen)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with what belongs to it."""

    on: On
    serial: str = ""
    serials: tuple[str, ...] = ()
    user_id: str = ""
    profile: str | None = None
    credential: Credential = Credential.NONE
    error: int = 0
    notice: Notice = Notice.NONE
    lost_power: bool = False


@dataclass(frozen=True, slots=True)
class HeadsetFacts:
    """What is known of a headset on this phone; ``may_sign_in`` is the verdict of HS-15, ``pinless`` that of S-12."""

    owner: str | None = None
    skipped: bool = False
    may_sign_in: bool = False
    pinless: bool = False
    owner_is_elsewhere: bool = False


UNKNOWN_HEADSET = HeadsetFacts()


@dataclass(frozen=True, slots=True)
class World:
    """What is so at the moment of an event: parameters, the phone's session, the headsets that matter."""

    prompts: bool = True
    sign_in_allowed: bool = True
    offer_lasts: timedelta = timedelta(seconds=15)
    sign_out_after: timedelta = timedelta(minutes=5)
    session: Session | None = None
    in_call: bool = False
    headsets: Mapping[str, HeadsetFacts] = field(default_factory=dict)

    def headset(self, serial: str) -> HeadsetFacts:
        """What is known of a headset; one that is not in the inventory belongs to nobody."""
        return self.headsets.get(serial, UNKNOWN_HEADSET)


@dataclass(frozen=True, slots=True)
class LogIn:
    """Log the owner of a headset in, as if by id and PIN."""

    serial: str
    user_id: str
    profile: str | None
    pinless: bool


@dataclass(frozen=True, slots=True)
class LogOut:
    """End this session; ``serial`` is the headset because of which it ends."""

    session: str
    why: Why
    serial: str


@dataclass(frozen=True, slots=True)
class Associate:
    """Associate a headset with the user who gave their id and PIN."""

    serial: str
    user_id: str


@dataclass(frozen=True, slots=True)
class RememberSkip:
    """Never again ask on this phone whose headset this is."""

    serial: str


Effect = LogIn | LogOut | Associate | RememberSkip


@dataclass(frozen=True, slots=True)
class Step:
    """What an event led to."""

    state: State
    effects: tuple[Effect, ...] = ()


def timers(state: State) -> dict[Timer, datetime]:
    """The timers that must be armed in a state: they follow from it, so that none can be forgotten."""
    armed: dict[Timer, datetime] = {}
    if state.screen.at is At.COUNTDOWN and state.screen.until:
        armed[Timer.SIGN_IN] = state.screen.until
    if state.waiting:
        armed[Timer.SIGN_OUT] = state.waiting.due
    if state.held and state.resets_until:
        armed[Timer.SETTLE] = state.resets_until
    return armed
