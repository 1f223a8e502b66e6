"""SIP messages as a test reads them, and the digest of RFC 2617."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


class NoAnswer(AssertionError):
    """Nothing came within the time."""


@dataclass
class Message:
    """A request or response as it arrived."""

    start: str
    headers: list[tuple[str, str]]
    body: str = ""

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start.split(" ")[0]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def first(self, name: str) -> str:
        return (self.all(name) or [""])[0]

    @property
    def text(self) -> str:
        return "\n".join([self.start, *(f"{n}: {v}" for n, v in self.headers), self.body])


def parse(data: bytes) -> Message:
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    lines = head.split("\r\n")
    pairs = [line.partition(":") for line in lines[1:]]
    return Message(lines[0], [(name.strip(), value.strip()) for name, _, value in pairs], body)


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def ha1(device: str, secret: str, realm: str = "roamline") -> str:
    return md5(f"{device}:{realm}:{secret}")
