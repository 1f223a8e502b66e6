"""The objects as facts. What a phone would refuse cannot be built; what it would cut is cut when written.

Too many items, a URL that is too long or a key in an impossible place raise ValueError: they are mistakes of the
program. Names and texts for people are cut to the phone's limits instead: they come from administrators.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum

LONGEST_URL = 256
LONGEST_PARAMETER = 32
LONGEST_DEFAULT = 32
LONGEST_APP_ID = 64
MOST_MENU_ITEMS = 100
MOST_INPUT_ITEMS = 5
MOST_SOFT_KEYS = 8
HIGHEST_SOFT_KEY_POSITION = 8
MOST_EXECUTE_ITEMS = 3
HIGHEST_PRIORITY = 2

_UNFIT_FOR_URL = re.compile(r"[\x00-\x20\x7f]")


def _check_url(url: str) -> None:
    if not url or len(url) > LONGEST_URL:
        raise ValueError(f"a URL has 1 to {LONGEST_URL} characters")
    if _UNFIT_FOR_URL.search(url):
        raise ValueError("a URL has no spaces or control characters")


def _check_screen(soft_keys: tuple[SoftKey, ...], app_id: str | None) -> None:
    if len(soft_keys) > MOST_SOFT_KEYS:
        raise ValueError(f"a screen has at most {MOST_SOFT_KEYS} soft keys")
    if any(count > 1 for count in Counter(key.position for key in soft_keys).values()):
        raise ValueError("two soft keys in one position")
    if app_id is not None and not 1 <= len(app_id) <= LONGEST_APP_ID:
        raise ValueError(f"an application id has 1 to {LONGEST_APP_ID} characters")


class InputKind(Enum):
    """What the keypad types into a field."""

    ASCII = "A"
    TELEPHONE = "T"
    NUMERIC = "N"
    EQUATION = "E"
    UPPER_CASE = "U"
    LOWER_CASE = "L"


@dataclass(frozen=True, slots=True)
class SoftKey:
    """A custom soft key, at most 8 per screen; custom keys replace all of the phone's own.

    ``url`` is an address or an internal URI such as ``SoftKey:Submit``; ``url_down`` is called when the key goes down.
    """

    name: str
    position: int
    url: str
    url_down: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.position <= HIGHEST_SOFT_KEY_POSITION:
            raise ValueError(f"a soft key's position is 1 to {HIGHEST_SOFT_KEY_POSITION}")
        _check_url(self.url)
        if self.url_down is not None:
            _check_url(self.url_down)


@dataclass(frozen=True, slots=True)
class Text:
    """A page of text, cut after 4000 characters."""

    title: str
    text: str
    prompt: str = ""
    soft_keys: tuple[SoftKey, ...] = ()
    app_id: str | None = None

    def __post_init__(self) -> None:
        _check_screen(self.soft_keys, self.app_id)


@dataclass(frozen=True, slots=True)
class InputItem:
    """One field of a form. A masked field shows stars, for PINs.

    A ``default`` longer than 32 characters is left out when written: half an id would only mislead.
    """

    label: str
    parameter: str
    kind: InputKind = InputKind.ASCII
    masked: bool = False
    default: str = ""

    def __post_init__(self) -> None:
        if not self.parameter or len(self.parameter) > LONGEST_PARAMETER:
            raise ValueError(f"a parameter's name has 1 to {LONGEST_PARAMETER} characters")

    @property
    def flags(self) -> str:
        """The InputFlags of the field: one letter, with ``P`` when masked."""
        return self.kind.value + ("P" if self.masked else "")


@dataclass(frozen=True, slots=True)
class Input:
    """A form of at most 5 fields. The phone calls ``url`` with each parameter added to the query.

    ``method`` "post" keeps what was typed out of the URL, on phones that know the attribute (78xx and 88xx).
    """

    title: str
    url: str
    items: tuple[InputItem, ...]
    prompt: str = ""
    soft_keys: tuple[SoftKey, ...] = ()
    method: str | None = None
    app_id: str | None = None

    def __post_init__(self) -> None:
        _check_screen(self.soft_keys, self.app_id)
        _check_url(self.url)
        if len(self.items) > MOST_INPUT_ITEMS:
            raise ValueError(f"a form has at most {MOST_INPUT_ITEMS} fields")
        if self.method not in (None, "get", "post"):
            raise ValueError("a form's method is get or post")


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One choice of a menu and where it leads."""

    name: str
    url: str

    def __post_init__(self) -> None:
        _check_url(self.url)


@dataclass(frozen=True, slots=True)
class Menu:
    """A list of at most 100 choices."""

    title: str
    items: tuple[MenuItem, ...]
    prompt: str = ""
    soft_keys: tuple[SoftKey, ...] = ()
    app_id: str | None = None

    def __post_init__(self) -> None:
        _check_screen(self.soft_keys, self.app_id)
        if len(self.items) > MOST_MENU_ITEMS:
            raise ValueError(f"a menu has at most {MOST_MENU_ITEMS} items")


@dataclass(frozen=True, slots=True)
class ExecuteItem:
    """Something for the phone to do: open a URL, or an internal URI such as ``Init:CallHistory``.

    ``priority`` 0: now, 1: when the phone is idle, 2: only if it is idle now. It has a meaning for HTTP URLs only.
    """

    url: str
    priority: int = 0

    def __post_init__(self) -> None:
        _check_url(self.url)
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise ValueError(f"a priority is 0 to {HIGHEST_PRIORITY}")

    @property
    def is_http(self) -> bool:
        """Whether the phone fetches a page for it."""
        return self.url.lower().startswith(("http://", "https://"))


CLEAR_CALL_HISTORY = ExecuteItem("Init:CallHistory")
CLOSE_SERVICES = ExecuteItem("Init:Services")


@dataclass(frozen=True, slots=True)
class Execute:
    """Up to 3 things to do, of which at most one is an HTTP URL. The phone does not promise an order."""

    items: tuple[ExecuteItem, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= MOST_EXECUTE_ITEMS:
            raise ValueError(f"an Execute has 1 to {MOST_EXECUTE_ITEMS} items")
        if sum(item.is_http for item in self.items) > 1:
            raise ValueError("an Execute has at most one HTTP URL")


@dataclass(frozen=True, slots=True)
class ResponseItem:
    """What became of one pushed item: status 0 is good; ``text`` says what went wrong."""

    status: int
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A phone's answer to an Execute, one item for each of it."""

    items: tuple[ResponseItem, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every item was done."""
        return all(item.status == 0 for item in self.items)


@dataclass(frozen=True, slots=True)
class PhoneError:
    """A phone's refusal of what was pushed: 1 parsing, 2 framing, 3 internal file, 4 authentication."""

    number: int


Screen = Text | Input | Menu
PhoneObject = Screen | Execute | Response | PhoneError
