"""What the machine puts out: bytes to send, links to close, and what an administrator should know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes for a link."""

    link: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """A link to close, once what was sent is out."""

    link: int
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for the log and the ILS page: a link came up or went, a peer was refused, a stream differs …"""

    kind: str
    origin: str
    name: str
    text: str = ""
    kinds: frozenset[str] = frozenset()


Output = Send | Close | Notice
