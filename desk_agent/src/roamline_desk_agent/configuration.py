"""What the server says this device is now: a document from outside, checked before anything follows it.

The document's shape is the project's own design (device API, version 1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from roamline_desk_agent.secret import Secret
from roamline_desk_agent.words import _

MOST_LINES = 100
MOST_BUTTONS = 500
MOST_TEXT = 128

NUMBER = re.compile(r"[0-9*#+]{1,24}")
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Only what needs no quoting in a baresip account line; a token_urlsafe or hex secret fits.
SECRET = re.compile(r"[A-Za-z0-9._~+/=-]{1,256}")
LOCALE = re.compile(r"[A-Za-z0-9_-]{1,32}")
TRANSPORTS = ("udp", "tcp")


class ConfigurationError(ValueError):
    """The document cannot be followed; the text says which field and why, and never holds a value that is secret."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """Where to register: host name or IPv4 address, port, and `udp` or `tcp`."""

    host: str
    port: int
    transport: str


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in."""

    user_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line key; `index` starts at 1 and the lowest one dials. An intercom line answers by itself."""

    index: int
    number: str
    label: str
    display_name: str
    is_intercom: bool = False


@dataclass(frozen=True, slots=True)
class Emergency:
    """Where emergency calls go while the phone registers in another cluster: its own cluster, as the phone itself."""

    number: str
    realm: str
    registrar: Registrar
    auth_user: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class SpeedDial:
    """One speed-dial key."""

    position: int
    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One version of the device's configuration. `version` and `stamp` together name it; calls from before
    `history_version` are not shown any longer."""

    device: str
    version: int
    stamp: str
    realm: str
    registrar: Registrar
    auth_user: str
    secret: Secret
    user: User | None
    locale: str
    lines: tuple[Line, ...]
    speed_dials: tuple[SpeedDial, ...]
    emergency_numbers: tuple[str, ...]
    history_version: int = 0
    always_use_prime_line: bool = False
    emergency: Emergency | None = None

    @property
    def prime_line(self) -> str:
        """The number that answers when nothing else is said; empty when any line does."""
        return self.lines[0].number if self.always_use_prime_line and self.lines else ""

    def is_intercom(self, number: str) -> bool:
        """Whether a number of this phone is an intercom line."""
        return any(line.number == number and line.is_intercom for line in self.lines)

    def is_same_as(self, other: "Configuration | None") -> bool:
        """Whether the server means the same configuration (a restored server may count versions anew)."""
        return other is not None and (self.version, self.stamp) == (other.version, other.stamp)


def read_configuration(document: object) -> Configuration:
    """The configuration in a decoded JSON document; unknown fields are ignored. Raises ConfigurationError."""
    whole = _mapping(document, "configuration")
    lines = tuple(_line(each) for each in _list(whole, "lines", MOST_LINES))
    return Configuration(
        device=_matching(whole, "device", NAME),
        version=_number(whole, "version", 0, 2**63),
        stamp=_text(whole, "stamp"),
        realm=_matching(whole, "realm", HOST),
        registrar=_registrar(_mapping(whole.get("registrar"), "registrar")),
        auth_user=_matching(whole, "auth_user", NAME),
        secret=Secret(_matching(whole, "secret", SECRET)),
        user=_user(whole.get("user")),
        locale=_matching(whole, "locale", LOCALE),
        lines=tuple(sorted(lines, key=lambda line: line.index)),
        speed_dials=tuple(_speed_dial(each) for each in _list(whole, "speed_dials", MOST_BUTTONS)),
        emergency_numbers=tuple(
            _matching({"emergency number": each}, "emergency number", NUMBER)
            for each in _list(whole, "emergency_numbers", MOST_LINES)
        ),
        always_use_prime_line=whole.get("always_use_prime_line") is True,
        history_version=_number({"history_version": 0, **whole}, "history_version", 0, 2**63),
        emergency=_emergency(whole.get("emergency")),
    )


def read_registrar(text: str) -> Registrar:
    """A registrar written `host:port` or `host:port/tcp`. Raises ConfigurationError."""
    address, _slash, transport = text.partition("/")
    host, _colon, port = address.rpartition(":")
    if not port.isdigit():
        raise ConfigurationError(_("a registrar is written host:port or host:port/tcp"))
    return _registrar({"host": host.strip("[]"), "port": int(port), "transport": transport or "udp"})


def _registrar(fields: Mapping[str, object]) -> Registrar:
    transport = _text(fields, "transport")
    if transport not in TRANSPORTS:
        raise ConfigurationError(f"transport must be one of {', '.join(TRANSPORTS)}")
    return Registrar(_matching(fields, "host", HOST), _number(fields, "port", 1, 65535), transport)


def _emergency(value: object) -> Emergency | None:
    if value is None:
        return None
    fields = _mapping(value, "emergency")
    return Emergency(
        number=_matching(fields, "number", NUMBER),
        realm=_matching(fields, "realm", HOST),
        registrar=_registrar(_mapping(fields.get("registrar"), "registrar")),
        auth_user=_matching(fields, "auth_user", NAME),
        secret=Secret(_matching(fields, "secret", SECRET)),
    )


def _user(value: object) -> User | None:
    if value is None:
        return None
    fields = _mapping(value, "user")
    return User(_text(fields, "user_id"), _text(fields, "display_name"))


def _line(value: object) -> Line:
    fields = _mapping(value, "line")
    number, label = _matching(fields, "number", NUMBER), _text(fields, "label")
    is_intercom = fields.get("is_intercom") is True
    return Line(_number(fields, "index", 1, 10_000), number, label, _text(fields, "display_name"), is_intercom)


def _speed_dial(value: object) -> SpeedDial:
    fields = _mapping(value, "speed dial")
    return SpeedDial(_number(fields, "position", 0, 10_000), _text(fields, "label"), _text(fields, "number"))


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{what} must be an object")
    return value


def _list(fields: Mapping[str, object], name: str, most: int) -> list[object]:
    value = fields.get(name)
    if not isinstance(value, list):
        raise ConfigurationError(f"{name} must be a list")
    if len(value) > most:
        raise ConfigurationError(f"{name} has {len(value)} entries, more than the {most} allowed")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise ConfigurationError(f"{name} must be a text of at most {MOST_TEXT} characters")
    return value


def _matching(fields: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ConfigurationError(f"{name} must match {pattern.pattern}")
    return value


def _number(fields: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigurationError(f"{name} must be a whole number from {least} to {most}")
    return value
