"""From a parameter's text to its value; each parser says in its refusal what it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.parameters.rules.parameter import InvalidValue

LONGEST_LOGIN = timedelta(hours=168)
LONGEST_LIST = 1024
LONGEST_HOST = 255

_HOST = re.compile(r"(?=[^.]*[A-Za-z])[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


def one_of(*choices: str) -> Callable[[str], object]:
    """A parser that takes exactly the given texts."""

    def parse(text: str) -> str:
        if text not in choices:
            raise InvalidValue(Wording(_("Give one of: %(choices)s."), choices=", ".join(choices)))
        return text

    return parse


def boolean(text: str) -> object:
    """``True`` or ``False``, in any case (AXL clients send both)."""
    folded = text.strip().lower()
    if folded not in {"true", "false", "t", "f", "1", "0"}:
        raise InvalidValue(_("Give True or False."))
    return folded in {"true", "t", "1"}


def whole_number(least: int, most: int) -> Callable[[str], object]:
    """A parser for a whole number in a range, both ends included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not least <= int(text) <= most:
            raise InvalidValue(Wording(_("Give a whole number from %(least)s to %(most)s."), least=least, most=most))
        return int(text)

    return parse


def login_time(text: str) -> object:
    """``HHH:MM`` from 0:00 to 168:00 as a timedelta; ``:30`` is thirty minutes (EM-23)."""
    match = re.fullmatch(r"([0-9]{0,3}):([0-5][0-9])", text.strip())
    if not match:
        raise InvalidValue(_("Give a time as HHH:MM from 0:00 to 168:00."))
    time = timedelta(hours=int(match[1] or 0), minutes=int(match[2]))
    if time > LONGEST_LOGIN:
        raise InvalidValue(_("Give a time as HHH:MM from 0:00 to 168:00."))
    return time


def login_time_text(time: timedelta) -> str:
    """A time as ``H:MM``, the way that :func:`login_time` reads."""
    minutes = int(time.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def address_list(text: str) -> object:
    """Up to 1024 characters of ``;``-separated addresses or host names; ranges and patterns are refused (EM-28)."""
    if len(text) > LONGEST_LIST:
        raise InvalidValue(Wording(_("Give at most %(most)s characters."), most=LONGEST_LIST))
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    for entry in entries:
        if not (is_address(entry) or _HOST.fullmatch(entry)):
            raise InvalidValue(
                Wording(_("%(entry)r is no address or host name; ranges and patterns are not taken."), entry=entry)
            )
    return tuple(entries)


def only_addresses(text: str) -> object:
    """Like :func:`address_list`, of addresses alone."""
    entries = address_list(text)
    for entry in entries if isinstance(entries, tuple) else ():
        if not is_address(entry):
            raise InvalidValue(
                Wording(_("%(entry)r is no address; host names, ranges and patterns are not taken."), entry=entry)
            )
    return entries


def host(text: str) -> object:
    """One host name or address, or nothing; spaces around it are dropped."""
    given = text.strip()
    if given and (len(given) > LONGEST_HOST or not (is_address(given) or _HOST.fullmatch(given))):
        raise InvalidValue(_("Give one host name or address."))
    return given


def text_of(most: int) -> Callable[[str], object]:
    """A parser for one line of text."""

    def parse(text: str) -> str:
        if len(text) > most or not (text.isprintable()):
            raise InvalidValue(Wording(_("Give at most %(most)s characters."), most=most))
        return text

    return parse


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def cluster_id(text: str) -> object:
    """1 to 50 of letters, digits, dot and hyphen."""
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,50}", text):
        raise InvalidValue(_("Give 1 to 50 of A-Z a-z 0-9 . -"))
    return text
