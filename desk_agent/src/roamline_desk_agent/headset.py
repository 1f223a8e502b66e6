"""A headset, and what happens to one. The serial number is a person's badge: it is kept as the device tells it."""

from dataclasses import asdict, dataclass
from typing import Literal

from roamline_desk_agent.words import gettext_noop

MOST_SERIAL = 50
MOST_TEXT = 64
MOST_HEADSETS = 16
Reason = Literal["unplugged", "out_of_range", "power_off"]
REASONS: tuple[Reason, ...] = ("unplugged", "out_of_range", "power_off")


class HeadsetError(ValueError):
    """This is no headset that can be reported; the text says why."""


@dataclass(frozen=True, slots=True)
class Headset:
    """`connection` is `wired`, `wireless` or `unknown` (a USB adapter does not tell what it is an adapter of)."""

    serial: str
    model: str = ""
    vendor: str = ""
    firmware: str = ""
    connection: str = "unknown"

    @property
    def key(self) -> str:
        """What tells two headsets apart: serial numbers are compared ignoring case (HS-2)."""
        return self.serial.casefold()

    @property
    def masked(self) -> str:
        """The end of the serial number, for logs: who knows a badge's number is one step nearer to using it."""
        return f"…{self.serial[-4:]}" if len(self.serial) > 4 else "…"

    def as_document(self) -> dict[str, object]:
        """As reports and the status show it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A headset that nobody can own, and why; its user is told, the server is not."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Connected:
    """A headset is here."""

    headset: Headset


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A headset has gone."""

    headset: Headset
    reason: Reason = "unplugged"


Change = Connected | Disconnected


def clean(text: str, most: int = MOST_TEXT) -> str:
    """What a device says about itself, as one short line of printable characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:most].strip()


def read_serial(text: str) -> str:
    """A serial number of 1 to 50 printable characters, trimmed (HS-2). Raises HeadsetError."""
    serial = text.strip()
    if not serial or not serial.strip("0"):  # some makers leave a row of zeros
        raise HeadsetError(gettext_noop("has no serial number"))
    if len(serial) > MOST_SERIAL or not serial.isprintable():
        raise HeadsetError(gettext_noop("has a serial number that is not 1 to 50 printable characters"))
    return serial
