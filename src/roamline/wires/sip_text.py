"""SIP messages as text, as far as a user agent of our own needs them (RFC 3261 section 7); pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_BYTES = 65_507
MOST_HEADERS = 200

_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: |$)")
_REQUEST = re.compile(r"([A-Z]{1,20}) (\S{1,512}) SIP/2\.0")
_BRACKETED = re.compile(r"<([^<>\s]{1,512})>")
_COMPACT = {
    "i": "call-id",
    "f": "from",
    "t": "to",
    "v": "via",
    "m": "contact",
    "c": "content-type",
    "l": "content-length",
}


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request (``method``) or a response (``status``), its headers in order with lower-case names."""

    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for header, value in self.headers if header == name]

    def first(self, name: str) -> str:
        """The first value of a header; empty when there is none."""
        return next(iter(self.all(name)), "")

    @property
    def sequence(self) -> tuple[int, str]:
        """Number and method of its ``CSeq``; (0, "") when it has none."""
        number, _, method = self.first("cseq").partition(" ")
        return (int(number), method.strip()) if number.isdigit() and len(number) < 10 else (0, "")

    @property
    def contact(self) -> str:
        """The URI of its contact; empty when there is none."""
        found = _BRACKETED.search(self.first("contact"))
        return found[1] if found else ""


def read(data: bytes) -> SipMessage | None:
    """One message; None for what is none. Values that are folded over lines are joined."""
    if len(data) > MOST_BYTES:
        return None
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    status, request = _STATUS.match(start), _REQUEST.fullmatch(start)
    if not (status or request) or len(lines) > MOST_HEADERS:
        return None
    headers = tuple(_header(line) for line in lines if ":" in line)
    return SipMessage(request[1] if request else "", int(status[1]) if status else 0, headers, body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    folded = name.strip().lower()
    return _COMPACT.get(folded, folded), value.strip()


def write(start: str, headers: Iterable[tuple[str, str]], body: str = "") -> bytes:
    """A message; its length is added. ValueError for a value that holds a line break."""
    lines = [start]
    for name, value in headers:
        if "\r" in value or "\n" in value:
            raise ValueError(f"a line break in {name}")
        lines.append(f"{name}: {value}")
    octets = body.encode()
    return "\r\n".join([*lines, f"Content-Length: {len(octets)}", "", ""]).encode() + octets


def reply_to(request: SipMessage, status: str) -> bytes:
    """The answer to a request inside a dialogue."""
    copied = [(name.title(), value) for name, value in request.headers if name == "via"]
    copied += [(name.title(), request.first(name)) for name in ("from", "to", "call-id", "cseq")]
    return write(f"SIP/2.0 {status}", copied)


def quoted(name: str) -> str:
    """A display name as a header takes it, without what would end it."""
    return '"' + re.sub(r'[\\"\x00-\x1f\x7f]', " ", name).strip() + '"'


def route_set(answer: SipMessage) -> Sequence[str]:
    """The way back of a dialogue that was begun by us: its record-routes, in reverse."""
    routes = [part.strip() for value in answer.all("record-route") for part in value.split(",")]
    return tuple(reversed(routes))
