"""Records, streams and seals: what a cluster says, and the proof that it and nobody else said it.

A *stream* is everything of one kind that one cluster (its *origin*) says. Each record in it has a number ``n``, given
without holes in the order of the commits; a newer record with the same key supersedes the older one, which is then
kept and sent no more. A *seal* is the origin's signature over a run of numbers ``first`` to ``last``: over the digests
of their records. Where some of a seal's records are superseded, their digests stand for them, so a relay can prove
what is left without holding what is gone. A *position* (epoch, n) says that everything up to n has arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from roamline.wires.ils.identity import Identity, is_signed

DIGEST_BYTES = 16
_MARK = Struct(">BI11x")
MOST_RECORDS_PER_SEAL = 1000
MOST_CHARACTERS_PER_SEAL = 262_144
LONGEST_KEY = 200
LONGEST_PAYLOAD = 16_384


class Stream(NamedTuple):
    """Everything of one kind that one cluster says."""

    origin: str
    kind: str


class Position(NamedTuple):
    """Everything up to number ``n`` of an epoch has arrived. Epochs are stamps: the greater one is the newer."""

    epoch: int
    n: int


NOTHING = Position(0, 0)


def is_behind(theirs: Position, mine: Position) -> bool:
    """Whether somebody at ``theirs`` lacks something that somebody at ``mine`` has."""
    return theirs.epoch < mine.epoch or (theirs.epoch == mine.epoch and theirs.n < mine.n)


class Record(NamedTuple):
    """What an origin says about a key: a payload (text that only its kind's readers look into), or None: deleted."""

    n: int
    stamp: int
    key: str
    payload: str | None


def digests_of(records: Iterable[Record]) -> list[bytes]:
    """For each record 16 bytes that stand for it; no two records share them."""
    said = (
        f"{n}\x1f{stamp}\x1f{key}\x1f{'' if payload is None else '+' + payload}" for n, stamp, key, payload in records
    )
    return [sha256(each.encode()).digest()[:DIGEST_BYTES] for each in said]


def marks_of(digests: bytes) -> list[int]:
    """Digests cut to 40 bits: what is summed up to compare what two clusters hold."""
    return [(high << 32) | low for high, low in _MARK.iter_unpack(digests)]


@dataclass(frozen=True, slots=True)
class Seal:
    """The origin's signature over the digests of the records ``first`` to ``last``, in order."""

    epoch: int
    first: int
    last: int
    digests: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """A seal with those of its records that are not superseded, in order of n."""

    seal: Seal
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What an origin's stream holds at a position: how many live records, and the sum of their marks; signed."""

    stream: Stream
    position: Position
    count: int
    total: int
    signature: bytes

    def statement(self) -> bytes:
        """What the signature is over."""
        said = (*self.stream, *self.position, self.count, self.total)
        return "\x1f".join(["ils head", *map(str, said)]).encode()


def seal(identity: Identity, kind: str, epoch: int, records: Sequence[Record]) -> Seal:
    """Seal records of the identity's own stream; their numbers have no holes."""
    digests = b"".join(digests_of(records))
    first, last = records[0].n, records[-1].n
    statement = _statement(Stream(identity.origin, kind), epoch, first, last, digests)
    return Seal(epoch, first, last, digests, identity.sign(statement))


def portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut records into runs that one seal may cover."""
    portion: list[Record] = []
    size = 0
    for record in records:
        length = len(record.key) + len(record.payload or "")
        if portion and (len(portion) == MOST_RECORDS_PER_SEAL or size + length > MOST_CHARACTERS_PER_SEAL):
            yield portion
            portion, size = [], 0
        portion.append(record)
        size += length
    if portion:
        yield portion


def is_genuine(given: Seal, stream: Stream, public_key: bytes) -> bool:
    """Whether the stream's origin signed a seal: its digests, which are those of the records that came with it."""
    if not 0 < given.first <= given.last or len(given.digests) != DIGEST_BYTES * (given.last - given.first + 1):
        return False
    statement = _statement(stream, given.epoch, given.first, given.last, given.digests)
    return is_signed(public_key, statement, given.signature)


def signed_head(identity: Identity, kind: str, position: Position, count: int, total: int) -> Head:
    """Sign what the identity's own stream holds."""
    unsigned = Head(Stream(identity.origin, kind), position, count, total, b"")
    return Head(unsigned.stream, position, count, total, identity.sign(unsigned.statement()))


def _statement(stream: Stream, epoch: int, first: int, last: int, digests: bytes) -> bytes:
    said = "\x1f".join(["ils seal", *stream, str(epoch), str(first), str(last)]).encode()
    return said + b"\x1f" + sha256(digests).digest()
