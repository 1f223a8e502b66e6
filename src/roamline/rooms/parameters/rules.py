"""The registry of parameters: names, defaults, ranges, help. Nothing else in the code repeats a default or a range.

Names are the field's own and are what every interface shows. A parameter stands here only when something asks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

EM = "Cisco Extension Mobility"
ENTERPRISE = "Enterprise Parameters"

ALLOWED, NOT_ALLOWED, AUTO_LOGOUT = "Multiple Logins Allowed", "Multiple Logins Not Allowed", "Auto Logout"
LONGEST_LOGIN = timedelta(hours=168)


class InvalidValue(ValueError):
    """A value that a parameter does not take; the message says what it takes."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``parse`` turns its text into the value that the code uses, or raises InvalidValue.

    One that ``needs_apply`` is saved first and takes effect with *Apply config*.
    """

    service: str
    name: str
    default: str
    help: str
    parse: Callable[[str], object]
    choices: tuple[str, ...] = ()
    advanced: bool = False
    scope: str = "cluster"
    needs_apply: bool = False


def one_of(*choices: str) -> Callable[[str], object]:
    """A parser that takes exactly the given texts."""

    def parse(text: str) -> str:
        if text not in choices:
            raise InvalidValue(f"Give one of: {', '.join(choices)}.")
        return text

    return parse


def boolean(text: str) -> object:
    """``True`` or ``False``, in any case (AXL clients send both)."""
    folded = text.strip().lower()
    if folded not in {"true", "false", "t", "f", "1", "0"}:
        raise InvalidValue("Give True or False.")
    return folded in {"true", "t", "1"}


def whole_number(least: int, most: int) -> Callable[[str], object]:
    """A parser for a whole number in a range, both ends included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not least <= int(text) <= most:
            raise InvalidValue(f"Give a whole number from {least} to {most}.")
        return int(text)

    return parse


def login_time(text: str) -> object:
    """``HHH:MM`` from 0:00 to 168:00 as a timedelta; ``:30`` is thirty minutes (EM-23)."""
    match = re.fullmatch(r"([0-9]{0,3}):([0-5][0-9])", text.strip())
    if not match:
        raise InvalidValue("Give a time as HHH:MM from 0:00 to 168:00.")
    time = timedelta(hours=int(match[1] or 0), minutes=int(match[2]))
    if time > LONGEST_LOGIN:
        raise InvalidValue("Give a time as HHH:MM from 0:00 to 168:00.")
    return time


def address_list(text: str) -> object:
    """Up to 1024 characters of ``;``-separated addresses or host names; ranges and patterns are refused (EM-28)."""
    if len(text) > 1024:
        raise InvalidValue("Give at most 1024 characters.")
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    for entry in entries:
        if not (
            _is_address(entry) or re.fullmatch(r"(?=[^.]*[A-Za-z])[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*", entry)
        ):
            raise InvalidValue(f"{entry!r} is no address or host name; ranges and patterns are not taken.")
    return tuple(entries)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def cluster_id(text: str) -> object:
    """1 to 50 of letters, digits, dot and hyphen."""
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,50}", text):
        raise InvalidValue("Give 1 to 50 of A-Z a-z 0-9 . -")
    return text


MULTIPLE_LOGIN_BEHAVIOR = Parameter(
    EM, "Multiple Login Behavior", NOT_ALLOWED,
    "What happens when a user who is logged in logs in to a second phone: both stand, the second is refused with "
    "error 25, or the first is logged out.",
    one_of(ALLOWED, NOT_ALLOWED, AUTO_LOGOUT), (ALLOWED, NOT_ALLOWED, AUTO_LOGOUT),
)  # fmt: skip
MAXIMUM_CONCURRENT_REQUESTS = Parameter(
    EM, "Maximum Concurrent Requests", "5",
    "How many log-ins and log-outs one node works on at the same time; one more is refused at once with error 26.",
    whole_number(1, 10000), advanced=True, scope="node",
)  # fmt: skip
ENFORCE_MAXIMUM_LOGIN_TIME = Parameter(
    EM, "Enforce Intra-cluster Maximum Login Time", "False",
    "True logs a user out when the Intra-cluster Maximum Login Time has passed.",
    boolean, ("True", "False"),
)  # fmt: skip
MAXIMUM_LOGIN_TIME = Parameter(
    EM, "Intra-cluster Maximum Login Time", "0:00",
    "How long a user stays logged in, as HHH:MM from 0:00 to 168:00. Saving a time above 0:00 turns the "
    "enforcement on.",
    login_time,
)  # fmt: skip
CLUSTER_ID = Parameter(
    ENTERPRISE, "Cluster ID", "StandAloneCluster",
    "This cluster's name: 1 to 50 of letters, digits, dot and hyphen, unique among clusters that are joined.",
    cluster_id,
)  # fmt: skip

HEADSET_ALLOWED = "Allow headset for Extension Mobility sign in and sign out"
HEADSET_NOT_ALLOWED = "Do not Allow headset for Extension Mobility sign in and sign out"
PIN_REQUIRED, PIN_NOT_REQUIRED = "Required", "Not Required"
PROMPT_ALL = "Prompt user to initiate Headset Association from all devices"
PROMPT_EM_ONLY = "Prompt user to initiate Headset Association only from Extension Mobility-enabled devices"
PROMPT_NONE = "Do not prompt user to initiate Headset Association from all devices"

HEADSET_SIGN_IN = Parameter(
    EM, "Headset-based Extension Mobility", HEADSET_ALLOWED,
    "Whether connecting a headset offers to sign its owner in, and disconnecting it offers to sign out. When it does "
    "not, no such screen appears and the two headset timers have no effect.",
    one_of(HEADSET_ALLOWED, HEADSET_NOT_ALLOWED), (HEADSET_ALLOWED, HEADSET_NOT_ALLOWED),
)  # fmt: skip
HEADSET_PIN = Parameter(
    EM, "PIN entry for headset-based sign in", PIN_REQUIRED,
    "Whether a headset's owner enters the PIN to sign in, or is signed in by the headset alone after a while.",
    one_of(PIN_REQUIRED, PIN_NOT_REQUIRED), (PIN_REQUIRED, PIN_NOT_REQUIRED),
)  # fmt: skip
HEADSET_LOGIN_TIMER = Parameter(
    EM, "Auto login timer after headset connect (seconds)", "15",
    "How long the offer to sign in waits for the user before it signs in by itself: 1 to 60 seconds. It matters only "
    "while PIN entry for headset-based sign in is Not Required.",
    whole_number(1, 60),
)  # fmt: skip
HEADSET_LOGOUT_TIMER = Parameter(
    EM, "Auto logout timer after headset disconnect (minutes)", "5",
    "How long a session waits for its owner's headset to come back before it ends: 1 to 15 minutes. It has no effect "
    "while headset-based Extension Mobility is not allowed.",
    whole_number(1, 15),
)  # fmt: skip
PINLESS_NEEDS_MARKED_PHONE = Parameter(
    EM, "Pinless sign-in needs a marked phone", "True",
    "True lets a headset sign its owner in without a PIN only on phones marked for it: a serial number is a claim of "
    "the device that reports it, not a proof.",
    boolean, ("True", "False"),
)  # fmt: skip
HEADSET_ASSOCIATION = Parameter(
    ENTERPRISE, "Headset Association", PROMPT_ALL,
    "On which phones connecting a headset without owner asks whose it is. Headsets that have an owner are not "
    "touched by a change, and the menu on the phone always works. Takes effect with Apply config.",
    one_of(PROMPT_ALL, PROMPT_EM_ONLY, PROMPT_NONE), (PROMPT_ALL, PROMPT_EM_ONLY, PROMPT_NONE), needs_apply=True,
)  # fmt: skip

REGISTRY: dict[tuple[str, str], Parameter] = {
    (parameter.service, parameter.name): parameter
    for parameter in (
        ENFORCE_MAXIMUM_LOGIN_TIME,
        MAXIMUM_LOGIN_TIME,
        MULTIPLE_LOGIN_BEHAVIOR,
        MAXIMUM_CONCURRENT_REQUESTS,
        HEADSET_SIGN_IN,
        HEADSET_PIN,
        HEADSET_LOGIN_TIMER,
        HEADSET_LOGOUT_TIMER,
        PINLESS_NEEDS_MARKED_PHONE,
        CLUSTER_ID,
        HEADSET_ASSOCIATION,
    )
}


def parse_time_limit(enforced: object, limit: object) -> timedelta | None:
    """The maximum login time in force, or None when there is none."""
    return limit if enforced is True and isinstance(limit, timedelta) and limit else None
