"""Messages between two clusters: a four-byte length and a JSON object with its type under ``t``.

A type that is not known is passed over, and so are members that are not known: that is how an older and a newer
version talk. Everything has a limit; :class:`ProtocolError` says what a peer broke, and the link is closed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import ge
from typing import Any

from roamline.wires.ils.keys import KEY_BYTES, MOST_EXCLUDED, MOST_KEYS, KeyRing, NetworkKey, ordered
from roamline.wires.ils.records import (
    DIGEST_BYTES,
    LONGEST_KEY,
    LONGEST_PAYLOAD,
    MOST_RECORDS_PER_SEAL,
    Chunk,
    Head,
    Position,
    Record,
    Seal,
    Stream,
    digests_of,
)

LENGTH_BYTES = 4
LARGEST = 2 * 1024 * 1024
LARGEST_BEFORE_PROOF = 32 * 1024
MOST_CHUNKS = 1000
MOST_POSITIONS = 20_000
MOST_NUMBER = 2**62

_ORIGIN = re.compile(r"[a-z2-7]{24}")
_KIND = re.compile(r"[a-z][a-z0-9_.]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f]")


class ProtocolError(Exception):
    """The peer sent what no peer may send; the text says what."""


@dataclass(frozen=True, slots=True)
class Have:
    """Where the sender is in streams; ``is_all`` when these are all it has, so that whatever is missing is at nothing.

    An empty one says that the sender is alive.
    """

    positions: dict[Stream, Position]
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Ack:
    """News was dealt with: where the sender is in that stream now, and why it did not take the news, if so."""

    stream: Stream
    position: Position
    refused: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """Chunks of one stream that come right after a position: what lies between is superseded."""

    stream: Stream
    after: Position
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Welcome:
    """The peer is let in, and given the network's keys; said again whenever there is a newer key."""

    keys: KeyRing = ()


@dataclass(frozen=True, slots=True)
class Please:
    """Ask the peer to say all positions anew (*synchronise now*)."""


@dataclass(frozen=True, slots=True)
class Bye:
    """The sender ends the link, and says why."""

    reason: str


Message = Have | Ack | News | Head | Welcome | Please | Bye


class Frames:
    """Cuts received bytes into messages; ``most`` is the largest that is taken now."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.most = LARGEST_BEFORE_PROOF

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take bytes, yield whole messages; ProtocolError for one that is too large."""
        self._held += received
        while len(self._held) >= LENGTH_BYTES:
            length = int.from_bytes(self._held[:LENGTH_BYTES])
            if length > self.most:
                raise ProtocolError(f"a message of {length} bytes")
            if len(self._held) < LENGTH_BYTES + length:
                return
            message = bytes(self._held[LENGTH_BYTES : LENGTH_BYTES + length])
            del self._held[: LENGTH_BYTES + length]
            yield message


def framed(message: bytes) -> bytes:
    """A message with its length in front."""
    return len(message).to_bytes(LENGTH_BYTES) + message


def written(message: Message) -> bytes:
    """A message as JSON."""
    return json.dumps(_fields(message), separators=(",", ":"), ensure_ascii=False).encode()


def _fields(message: Message) -> dict[str, Any]:
    match message:
        case Have(positions, is_all):
            return {"t": "have", "at": [[*stream, *position] for stream, position in positions.items()], "all": is_all}
        case Ack(stream, position, refused):
            return {"t": "ack", "of": [*stream, *position], "refused": refused}
        case News(stream, after, chunks):
            return {"t": "news", "of": [*stream, *after], "chunks": [_chunk_fields(chunk) for chunk in chunks]}
        case Head(stream, position, count, total, signature):
            return {"t": "head", "of": [*stream, *position], "count": count, "sum": total, "sig": _text(signature)}
        case Welcome(keys):
            # Clusters of older versions know of one key only: the newest.
            listed = [[each.made, _text(each.secret), sorted(each.not_for)] for each in keys]
            return {"t": "welcome", "key": _text(keys[0].secret) if keys else "", "keys": listed}
        case Please():
            return {"t": "please"}
        case Bye(reason):
            return {"t": "bye", "reason": reason}


def _chunk_fields(chunk: Chunk) -> list[Any]:
    given = chunk.seal
    return [given.first, given.last, _text(_gone(chunk)), _text(given.signature), chunk.records]


def _gone(chunk: Chunk) -> bytes:
    """The digests of a seal's records that are not here."""
    given, size = chunk.seal, chunk.seal.last - chunk.seal.first + 1
    if len(chunk.records) == size:
        return b""
    here = {record.n for record in chunk.records}
    return b"".join(
        given.digests[DIGEST_BYTES * i : DIGEST_BYTES * (i + 1)] for i in range(size) if given.first + i not in here
    )


def read(message: bytes) -> Message | None:
    """A message from JSON; None for a type that is not known, ProtocolError for what breaks the grammar."""
    fields = read_fields(message)
    reader = _READERS.get(str(fields.get("t")))
    try:
        return reader(fields) if reader else None
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ProtocolError(f"a broken {fields.get('t')}: {error}"[:200]) from error


def read_fields(message: bytes) -> dict[str, Any]:
    """The JSON object of a message; ProtocolError when it is none."""
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("not JSON") from error
    if not isinstance(fields, dict):
        raise ProtocolError("not an object")
    return fields


def _have(fields: dict[str, Any]) -> Have:
    if len(fields["at"]) > MOST_POSITIONS:
        raise ValueError("too many positions")
    positions = {_stream(origin, kind): _position(epoch, n) for origin, kind, epoch, n in fields["at"]}
    return Have(positions, fields.get("all") is True)


def _ack(fields: dict[str, Any]) -> Ack:
    origin, kind, epoch, n = fields["of"]
    return Ack(_stream(origin, kind), _position(epoch, n), str(fields.get("refused", ""))[:100])


def _news(fields: dict[str, Any]) -> News:
    origin, kind, epoch, n = fields["of"]
    if len(fields["chunks"]) > MOST_CHUNKS:
        raise ValueError("too many chunks")
    after = _position(epoch, n)
    chunks = tuple(_chunk(after.epoch, given) for given in fields["chunks"])
    if any(later.seal.first <= earlier.seal.last for earlier, later in pairwise(chunks)):
        raise ValueError("out of order")
    return News(_stream(origin, kind), after, chunks)


def _chunk(epoch: int, given: Sequence[Any]) -> Chunk:
    first, last, gone, signature, listed = given
    size = _number(last) - _number(first) + 1
    if not 0 < size <= MOST_RECORDS_PER_SEAL or len(listed) > size:
        raise ValueError("too many records")
    records = _records(first, last, listed)
    return Chunk(Seal(epoch, first, last, _digests(first, last, _bytes(gone), records), _bytes(signature)), records)


def _digests(first: int, last: int, gone: bytes, records: Sequence[Record]) -> bytes:
    """All digests of a seal: computed for what is here, taken from ``gone`` for what is not."""
    found = digests_of(records)
    if not gone:
        return b"".join(found)
    here = {record.n: digest for record, digest in zip(records, found, strict=True)}
    missing = iter([gone[i : i + DIGEST_BYTES] for i in range(0, len(gone), DIGEST_BYTES)])
    return b"".join(here[n] if n in here else next(missing, b"") for n in range(first, last + 1))


def _records(first: int, last: int, listed: Sequence[Any]) -> tuple[Record, ...]:
    """Records in order, of numbers that the seal covers; looked at a column at a time, because they may be many."""
    if not listed:
        return ()
    records = tuple(map(Record._make, listed))
    numbers, stamps, keys, payloads = zip(*records, strict=True)
    if not _are_numbers(numbers) or not _are_numbers(stamps):
        raise ValueError("a number")
    if numbers[0] < first or numbers[-1] > last or any(map(ge, numbers, numbers[1:])):
        raise ValueError("out of order")
    if max(map(len, keys)) > LONGEST_KEY or _CONTROL.search("".join(keys)):
        raise ValueError("a key")
    texts = [payload for payload in payloads if payload is not None]
    if max(map(len, texts), default=0) > LONGEST_PAYLOAD or "\x00" in "".join(texts):
        raise ValueError("a payload")
    return records


def _are_numbers(values: Sequence[Any]) -> bool:
    return set(map(type, values)) == {int} and min(values) >= 0 and max(values) < MOST_NUMBER


def _head(fields: dict[str, Any]) -> Head:
    origin, kind, epoch, n = fields["of"]
    count, total = _number(fields["count"]), _number(fields["sum"])
    return Head(_stream(origin, kind), _position(epoch, n), count, total, _bytes(fields["sig"]))


def _welcome(fields: dict[str, Any]) -> Welcome:
    listed = fields.get("keys") or ([[0, fields["key"], []]] if fields.get("key") else [])
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise ValueError("too many keys")
    return Welcome(ordered(_key(*each) for each in listed))


def _key(made: Any, secret: Any, not_for: Any) -> NetworkKey:
    key = _bytes(secret)
    if len(key) != KEY_BYTES or not isinstance(not_for, list) or len(not_for) > MOST_EXCLUDED:
        raise ValueError("a key of 32 bytes")
    if not all(isinstance(each, str) and _ORIGIN.fullmatch(each) for each in not_for):
        raise ValueError("an origin")
    return NetworkKey(_number(made), key, frozenset(not_for))


def _stream(origin: Any, kind: Any) -> Stream:
    if not isinstance(origin, str) or not isinstance(kind, str):
        raise TypeError("a stream")
    return _checked_stream(origin, kind)


@lru_cache(maxsize=20_000)
def _checked_stream(origin: str, kind: str) -> Stream:
    if not _ORIGIN.fullmatch(origin) or not _KIND.fullmatch(kind):
        raise ValueError("a stream")
    return Stream(origin, kind)


def _position(epoch: Any, n: Any) -> Position:
    return Position(_number(epoch), _number(n))


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < MOST_NUMBER:
        raise ValueError("a number")
    return value


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError("base64") from error


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "have": _have,
    "ack": _ack,
    "news": _news,
    "head": _head,
    "welcome": _welcome,
    "please": lambda _fields: Please(),
    "bye": lambda fields: Bye(str(fields.get("reason", ""))[:200]),
}
