"""The terms of the engine: by which way, who asks, what is asked, what happened."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from roamline.kernel.secret import Secret
from roamline.kernel.wording import gettext_noop as _


class Way(enum.StrEnum):
    """By which way somebody logged in or out; the audit and the call-log rule (EM-27) tell them apart."""

    PHONE = _("phone")
    EM_API = _("em api")
    ADMINISTRATOR = _("administrator")
    COMMAND_LINE = _("command line")
    TIMER = _("maximum login time")
    ANOTHER_LOG_IN = _("another log-in")
    ANOTHER_CLUSTER = _("log-in in another cluster")
    SCHEDULE = _("schedule")
    HEADSET = _("headset")
    HEADSET_PINLESS = _("headset without pin")
    HEADSET_AWAY = _("headset away")
    SELF_CARE = _("self-care")
    CODE = _("code of the phone")
    EMCC = _("phone of another cluster")

    @property
    def is_headset(self) -> bool:
        """Whether a headset was the badge: such a phone always resets (HS-29)."""
        return self in HEADSET_WAYS


HEADSET_WAYS = frozenset({Way.HEADSET, Way.HEADSET_PINLESS, Way.HEADSET_AWAY})
"""By a headset: with its owner's PIN or a key on its screen, by itself, or because it stayed away."""

JUDGED_WAYS = frozenset({Way.PHONE, Way.EM_API})
"""The ways whose address is judged where addresses are validated: those that anybody on the network can try (EM-28)."""

SERVED_WAYS = JUDGED_WAYS | {Way.HEADSET, Way.HEADSET_PINLESS, Way.CODE, Way.EMCC}
"""The ways that the Extension Mobility service serves: while it is off they are refused (EM-1)."""

MANUAL_WAYS = frozenset({Way.PHONE, Way.HEADSET, Way.CODE})
"""The ways by which a person at the phone logs in or out: they clear its call history (EM-27)."""


@dataclass(frozen=True, slots=True)
class By:
    """Who asks, by which way, from which address, and whether a proxy stood between."""

    actor: str
    way: Way
    source: str = ""
    is_proxied: bool = False


@dataclass(frozen=True, slots=True)
class LogIn:
    """A request to log a user in. Without a PIN the asker must have the right to do so: the doors see to it.

    With ``as_oneself`` it is the user who asks, whose PIN was checked before or whose headset is their badge: a
    lock-out and a PIN that must be changed count as they do with a PIN.
    """

    device: str
    identifier: str
    pin: Secret | None
    login_type: str = "UID"
    profile: str | None = None
    duration: timedelta | None = None
    indefinite: bool = False
    as_oneself: bool = False


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A log-in that happened. ``restart_kind`` is what the phone is told: restart, or reset (EM-31).

    ``others_learn`` is false when other clusters should know of it and do not yet (RO-20).
    """

    session: UUID
    device: str
    user_id: str
    profile: str
    expires_at: datetime | None
    restart_kind: str
    others_learn: bool = True


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """A log-out that happened."""

    device: str
    user_id: str
    restart_kind: str


@dataclass(frozen=True, slots=True)
class LogsOutAfterCall:
    """A log-out that waits for the phone's call to end (EM-42)."""

    device: str
    user_id: str


@dataclass(frozen=True, slots=True)
class ChooseProfile:
    """The id and PIN are right, and the user has several profiles to choose from (EM-20)."""

    user_id: str
    profiles: tuple[str, ...]
