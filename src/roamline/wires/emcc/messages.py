"""What is asked and answered, as JSON objects: every member is checked, those not known are passed over.

Questions have their kind under ``q``: ``check``, ``log_in``, ``log_out`` (to the home cluster), ``ended``,
``changed`` (to the visited one), ``standing`` (to either). An answer has ``refused`` with an error's number, or what
was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from roamline.kernel.secret import Secret
from roamline.wires.emcc.envelope import Malformed

LONGEST = 256
MOST_LINES, MOST_BUTTONS, MOST_SERVICES, MOST_SESSIONS = 100, 500, 200, 500
LOGIN_TYPES = ("UID", "SP", "DN")

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SESSION = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[+]?[0-9*#]{0,25}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
_REALM = re.compile(r"[A-Za-z0-9.-]{1,128}")
_SECRET = re.compile(r"[A-Za-z0-9._~+/=-]{1,256}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VisitedPhone:
    """What the home cluster has to know of the phone: what it can show, how it registers, and where it stands."""

    name: str
    model: str
    keys: int
    max_lines: int
    registers_once: bool
    is_software: bool
    product_number: int | None = None
    location: str = ""
    callback: str = ""
    is_secure: bool = False


@dataclass(frozen=True, slots=True)
class HomeLogIn:
    """Log a user of yours in on this phone of ours. ``source``: the address that the phone asked from."""

    session: str
    identifier: str
    login_type: str
    pin: Secret
    phone: VisitedPhone
    source: str = ""
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the phone registers: call control of the home cluster."""

    host: str
    port: int
    tls_port: int = 0
    ws_port: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What the phone runs meanwhile: who it is at home, and everything that it shows.

    ``shown`` is the effective configuration at home as plain fields; the room that knows that reads it.
    """

    version: int
    device: str
    user_id: str
    realm: str
    secret: Secret
    places: tuple[Place, ...]
    shown: dict[str, Any]
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was refused, with an error of the registry; the reason is for administrators."""

    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LogOut:
    """Log out the session; ``way`` is a way of logging out, as the engine names it."""

    session: str
    way: str
    actor: str = ""
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A session is over at the asker's."""

    session: str
    way: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What the phone of a session has to run has changed."""

    session: str
    content: Content


@dataclass(frozen=True, slots=True)
class Standing:
    """Which of these sessions stand at yours?"""

    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Is there a user of this id at yours? Without a PIN: only whether EMCC could be tried."""

    identifier: str
    login_type: str


Question = HomeLogIn | LogOut | Ended | Changed | Standing | Check


def question_fields(question: Question) -> dict[str, Any]:
    """A question as its JSON object; holds a PIN or a SIP secret in clear: for the envelope only."""
    match question:
        case HomeLogIn():
            phone = {name: getattr(question.phone, name) for name in VisitedPhone.__slots__}
            return {"q": "log_in", "session": question.session, "identifier": question.identifier,
                    "login_type": question.login_type, "pin": question.pin.reveal(), "phone": phone,
                    "source": question.source, "profile": question.profile}  # fmt: skip
        case LogOut():
            return {"q": "log_out", "session": question.session, "way": question.way, "actor": question.actor,
                    "at_once": question.at_once}  # fmt: skip
        case Ended():
            return {"q": "ended", "session": question.session, "way": question.way}
        case Changed():
            return {"q": "changed", "session": question.session, "content": content_fields(question.content)}
        case Standing():
            return {"q": "standing", "sessions": list(question.sessions)}
        case Check():
            return {"q": "check", "identifier": question.identifier, "login_type": question.login_type}


def read_question(fields: Mapping[str, Any]) -> Question:
    """A question from its JSON object. Errors: Malformed."""
    match fields.get("q"):
        case "log_in":
            return HomeLogIn(
                session_of(fields), _text(fields, "identifier"), _one_of(fields, "login_type", LOGIN_TYPES),
                Secret(_text(fields, "pin")), _phone(_object(fields, "phone")), _text(fields, "source", 64),
                _text(fields, "profile", 128) if fields.get("profile") is not None else None,
            )  # fmt: skip
        case "log_out":
            return LogOut(session_of(fields), _text(fields, "way", 32), _text(fields, "actor", 128),
                          fields.get("at_once") is True)  # fmt: skip
        case "ended":
            return Ended(session_of(fields), _text(fields, "way", 32))
        case "changed":
            return Changed(session_of(fields), read_content(_object(fields, "content")))
        case "standing":
            sessions = fields.get("sessions")
            if not isinstance(sessions, list) or len(sessions) > MOST_SESSIONS:
                raise Malformed("sessions is no list, or too long a one")
            return Standing(tuple(session_of({"session": each}) for each in sessions))
        case "check":
            return Check(_text(fields, "identifier"), _one_of(fields, "login_type", LOGIN_TYPES))
        case _:
            raise Malformed("a question of a kind that is not known here")


def refusal_fields(refusal: Refusal) -> dict[str, Any]:
    """A refusal as its JSON object."""
    return {"refused": refusal.number, "reason": refusal.reason[:LONGEST]}


def read_refusal(fields: Mapping[str, Any]) -> Refusal | None:
    """The refusal that an answer is; None for any other. Errors: Malformed."""
    if "refused" not in fields:
        return None
    return Refusal(_number(fields, "refused", 0, 999), _text(fields, "reason"))


def content_fields(content: Content) -> dict[str, Any]:
    """What a phone runs as a JSON object; holds its SIP secret in clear."""
    places = [{"host": each.host, "port": each.port, "tls_port": each.tls_port, "ws_port": each.ws_port}
              for each in content.places]  # fmt: skip
    return {"version": content.version, "device": content.device, "user_id": content.user_id, "realm": content.realm,
            "secret": content.secret.reveal(), "places": places, "shown": content.shown,
            "expires_at": content.expires_at}  # fmt: skip


def read_content(fields: Mapping[str, Any]) -> Content:
    """What a phone runs from its JSON object. Errors: Malformed."""
    places = fields.get("places")
    if not isinstance(places, list) or not 1 <= len(places) <= 5:
        raise Malformed("places is no list of one to five")
    expires = fields.get("expires_at")
    return Content(
        version=_number(fields, "version", 0, 2**62),
        device=_matching(fields, "device", _DEVICE),
        user_id=_text(fields, "user_id", 128),
        realm=_matching(fields, "realm", _REALM),
        secret=Secret(_matching(fields, "secret", _SECRET)),
        places=tuple(_place(each) for each in places),
        shown=_object(fields, "shown"),
        expires_at=None if expires is None else _number(fields, "expires_at", 0, 2**40),
    )


def session_of(fields: Mapping[str, Any]) -> str:
    """The session that a message is about: 32 hexadecimal digits. Errors: Malformed."""
    return _matching(fields, "session", _SESSION)


def _phone(fields: Mapping[str, Any]) -> VisitedPhone:
    product = fields.get("product_number")
    return VisitedPhone(
        name=_matching(fields, "name", _DEVICE),
        model=_text(fields, "model", 50),
        keys=_number(fields, "keys", 1, 500),
        max_lines=_number(fields, "max_lines", 1, MOST_LINES),
        registers_once=fields.get("registers_once") is True,
        is_software=fields.get("is_software") is True,
        product_number=None if product is None else _number(fields, "product_number", 0, 2**31 - 1),
        location=_text(fields, "location", 100),
        callback=_matching(fields, "callback", _NUMBER),
        is_secure=fields.get("is_secure") is True,
    )


def _place(fields: Any) -> Place:
    if not isinstance(fields, dict):
        raise Malformed("a place is no object")
    return Place(_matching(fields, "host", _HOST), _number(fields, "port", 1, 65535),
                 _number(fields, "tls_port", 0, 65535),
                 _number({"ws_port": 0, **fields}, "ws_port", 0, 65535))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """Reads plain fields of what a phone shows, within limits. Errors of every method: Malformed."""

    fields: Mapping[str, Any] = field(repr=False)

    def text(self, name: str, longest: int = LONGEST) -> str:
        """A text without control characters."""
        return _text(self.fields, name, longest)

    def flag(self, name: str) -> bool:
        """Whether it is set."""
        return self.fields.get(name) is True

    def number(self, name: str, least: int = 0, most: int = 10_000) -> int:
        """A whole number."""
        return _number(self.fields, name, least, most)

    def each(self, name: str, most: int, read: Callable[[Shown], T]) -> tuple[T, ...]:
        """Every object of a list."""
        found = self.fields.get(name)
        if not isinstance(found, list) or len(found) > most or not all(isinstance(each, dict) for each in found):
            raise Malformed(f"{name} is no list of at most {most} objects")
        return tuple(read(Shown(each)) for each in found)


def _object(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name} is no object")
    return value


def _text(fields: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > longest or any(ord(each) < 32 or ord(each) == 127 for each in value):
        raise Malformed(f"{name} is no text of at most {longest} characters")
    return value


def _one_of(fields: Mapping[str, Any], name: str, values: tuple[str, ...]) -> str:
    value = fields.get(name)
    if value not in values:
        raise Malformed(f"{name} is none of {', '.join(values)}")
    return str(value)


def _matching(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Malformed(f"{name} is not what it may be")
    return value


def _number(fields: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(f"{name} is no whole number from {least} to {most}")
    return value
