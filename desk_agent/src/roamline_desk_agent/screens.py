"""What the phone is to show: a document from outside, checked before anybody sees it. Pure.

A screen is data: title, text, fields, softkeys and a countdown (the project's own design, HS-40).
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

MOST_TITLE, MOST_TEXT, MOST_NAME, MOST_VALUE = 200, 4000, 64, 200
MOST_TYPED = 64
MOST_FIELDS, MOST_CHOICES, MOST_KEYS = 10, 200, 10
MOST_SECONDS = 24 * 3600
KINDS = frozenset({"text", "digits", "pin", "choice"})


class ScreenError(ValueError):
    """The document is no screen; the text says which part of it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible value of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in; `kind` is `text`, `digits`, `pin` (always empty here) or `choice`."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Softkey:
    """A key below the screen."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Countdown:
    """`then` (`sign_in`, `sign_out`) happens by itself at `ends`, in seconds of this machine's monotonic clock: the
    server's clock may be another one."""

    ends: float
    then: str

    def left_s(self, now: float) -> int:
        """Whole seconds left, as people count them down."""
        return max(0, math.ceil(self.ends - now))


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen; answers name its `id`."""

    id: str
    title: str
    text: str
    fields: tuple[Field, ...]
    softkeys: tuple[Softkey, ...]
    countdown: Countdown | None

    def as_document(self, now: float) -> dict[str, object]:
        """As the commands and the terminal get it, with the seconds that are left."""
        countdown = self.countdown and {"seconds": self.countdown.left_s(now), "then": self.countdown.then}
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "fields": [asdict(field) | {"choices": [asdict(each) for each in field.choices]} for field in self.fields],
            "softkeys": [asdict(key) for key in self.softkeys],
            "countdown": countdown,
        }


@dataclass(frozen=True, slots=True)
class Menu:
    """Which entries of the menu can be chosen now (HS-23)."""

    associate_headset: bool = False


def read_screen(document: object, now: float) -> Screen | None:
    """A decoded screen, or None: nothing to show. Unknown parts are ignored. Raises ScreenError."""
    if document is None:
        return None
    whole = _mapping(document, "screen")
    return Screen(
        id=_text(whole, "id", MOST_NAME),
        title=_text(whole, "title", MOST_TITLE),
        text=_text(whole, "text", MOST_TEXT),
        fields=tuple(_field(_mapping(each, "field")) for each in _list(whole, "fields", MOST_FIELDS)),
        softkeys=tuple(_softkey(_mapping(each, "softkey")) for each in _list(whole, "softkeys", MOST_KEYS)),
        countdown=_countdown(whole.get("countdown"), now),
    )


def read_menu(document: object) -> Menu:
    """A decoded menu. Raises ScreenError."""
    return Menu(_mapping(document, "menu").get("associate_headset") is True)


def _field(fields: Mapping[str, object]) -> Field:
    kind = _text(fields, "kind", MOST_NAME)
    if kind not in KINDS:
        raise ScreenError(f"a field's kind must be one of {', '.join(sorted(KINDS))}")
    value = "" if kind == "pin" else _text(fields, "value", MOST_VALUE)
    choices = tuple(_choice(_mapping(each, "choice")) for each in _list(fields, "choices", MOST_CHOICES))
    return Field(_text(fields, "name", MOST_NAME), _text(fields, "label", MOST_TITLE), kind, value, choices)


def _choice(fields: Mapping[str, object]) -> Choice:
    return Choice(_text(fields, "value", MOST_VALUE), _text(fields, "label", MOST_TITLE))


def _softkey(fields: Mapping[str, object]) -> Softkey:
    return Softkey(_text(fields, "key", MOST_NAME), _text(fields, "label", MOST_TITLE))


def _countdown(value: object, now: float) -> Countdown | None:
    if value is None:
        return None
    fields = _mapping(value, "countdown")
    seconds = fields.get("seconds")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= MOST_SECONDS:
        raise ScreenError(f"a countdown's seconds must be a number from 0 to {MOST_SECONDS}")
    return Countdown(now + seconds, _text(fields, "then", MOST_NAME))


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ScreenError(f"a {what} must be an object")
    return value


def _list(fields: Mapping[str, object], name: str, most: int) -> list[object]:
    value = fields.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise ScreenError(f"{name} must be a list of at most {most} entries")
    return value


def _text(fields: Mapping[str, object], name: str, most: int) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise ScreenError(f"{name} must be a text of at most {most} characters")
    # A terminal obeys control characters, and a screen's texts are partly what people typed somewhere.
    return "".join(each if each.isprintable() or each == "\n" else " " for each in value)
