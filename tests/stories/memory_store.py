"""The store of the machine in memory: the same contract as the database's, for whole networks in one process."""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from roamline.kernel.hybrid_clock import next_stamp, stamp_at
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KeyRing, NetworkKey, ordered
from roamline.wires.ils.records import (
    NOTHING,
    Chunk,
    Head,
    Position,
    Record,
    Seal,
    Stream,
    digests_of,
    marks_of,
    portions,
    seal,
    signed_head,
)


@lru_cache(maxsize=50_000)
def mark(record: Record) -> int:
    """A record's mark, found out once for all clusters that hold it."""
    return marks_of(digests_of([record])[0])[0]


class MemoryStore:
    """See :class:`roamline.wires.ils.store.Store`."""

    def __init__(self, now: datetime) -> None:
        self.epoch = stamp_at(now)
        self.clock = self.epoch
        self._positions: dict[Stream, Position] = {}
        self._records: dict[Stream, dict[str, tuple[int, Record]]] = {}
        self._at: dict[Stream, dict[int, str]] = {}
        self._seals: dict[Stream, list[Seal]] = {}
        self._heads: dict[Stream, Head] = {}
        self._keys: KeyRing = ()

    def positions(self) -> dict[Stream, Position]:
        return dict(self._positions)

    def chunks_after(self, stream: Stream, position: Position, most: int) -> list[Chunk]:
        mine = self._positions.get(stream, NOTHING)
        start = position.n if position.epoch == mine.epoch else 0
        seals = self._seals.get(stream, [])
        found: list[Chunk] = []
        count = 0
        for each in seals[bisect_right(seals, start, key=lambda seal: seal.last) :]:
            records = tuple(self._live_at(stream, each.epoch, n) for n in range(each.first, each.last + 1))
            live = tuple(record for record in records if record is not None)
            if live or each.last == mine.n:
                found.append(Chunk(each, live))
                count += len(live)
            if count >= most:
                break
        return found

    def keep(self, stream: Stream, chunks: Sequence[Chunk], now: datetime) -> Position:
        mine = self._positions.get(stream, NOTHING)
        epoch = chunks[0].seal.epoch
        if epoch < mine.epoch:
            return mine
        if epoch > mine.epoch:
            self._seals[stream], self._at[stream] = [], {}
            mine = Position(epoch, 0)
        for chunk in chunks:
            if chunk.seal.last > mine.n:
                insort(self._seals.setdefault(stream, []), chunk.seal, key=lambda each: each.last)
            for record in chunk.records:
                self._put(stream, epoch, record)
        self._positions[stream] = Position(epoch, max(mine.n, chunks[-1].seal.last))
        self._purge(stream)
        return self._positions[stream]

    def keep_head(self, head: Head) -> Position:
        self._heads[head.stream] = head
        if head.position.n == 0 and head.position.epoch > self._positions.get(head.stream, NOTHING).epoch:
            self._positions[head.stream] = head.position
            self._seals[head.stream], self._at[head.stream] = [], {}
        self._purge(head.stream)
        return self._positions.get(head.stream, NOTHING)

    def heads(self) -> Iterable[Head]:
        return list(self._heads.values())

    def sign_heads(self, identity: Identity) -> list[Head]:
        new = []
        for stream, position in self._positions.items():
            known = self._heads.get(stream)
            if stream.origin == identity.origin and (known is None or known.position != position):
                new.append(signed_head(identity, stream.kind, *self.fingerprint(stream)))
        self._heads |= {head.stream: head for head in new}
        return new

    def fingerprint(self, stream: Stream) -> tuple[Position, int, int]:
        live = [record for _epoch, record in self._records.get(stream, {}).values() if record.payload is not None]
        total = sum(mark(record) for record in live)
        return self._positions.get(stream, NOTHING), len(live), total

    def forget_position(self, stream: Stream) -> None:
        self._positions.pop(stream, None)

    def of_kind(self, kind: str) -> Iterable[tuple[str, Record]]:
        return [
            (stream.origin, record)
            for stream, records in self._records.items()
            if stream.kind == kind
            for _epoch, record in records.values()
            if record.payload is not None
        ]

    def get(self, stream: Stream, key: str) -> Record | None:
        """What is held under a key, tombstones too."""
        held = self._records.get(stream, {}).get(key)
        return held[1] if held else None

    def say(self, identity: Identity, kind: str, key: str, payload: str | None, now: datetime) -> None:
        self.say_many(identity, kind, [(key, payload)], now)

    def say_many(
        self, identity: Identity, kind: str, said: Sequence[tuple[str, str | None]], now: datetime
    ) -> int:  # fmt: skip
        """Write records of the cluster's own; the stamp of the last."""
        stream = Stream(identity.origin, kind)
        start = self._positions.get(stream, Position(self.epoch, 0)).n
        records = []
        for i, (key, payload) in enumerate(said, 1):
            self.clock = next_stamp(self.clock, now)
            records.append(Record(start + i, self.clock, key, payload))
        self._write(identity, kind, records)
        return self.clock

    def _write(self, identity: Identity, kind: str, records: Sequence[Record]) -> None:
        stream = Stream(identity.origin, kind)
        for portion in portions(records):
            self._seals.setdefault(stream, []).append(seal(identity, kind, self.epoch, portion))
            for record in portion:
                self._put(stream, self.epoch, record)
            self._positions[stream] = Position(self.epoch, portion[-1].n)

    def mint_epoch(self, identity: Identity, now: datetime, above: int = 0, kinds: Iterable[str] = ()) -> None:
        self.epoch = self.clock = max(next_stamp(self.clock, now), above + 1)
        for kind in kinds:
            self._positions.setdefault(Stream(identity.origin, kind), NOTHING)
        for stream in [stream for stream in self._positions if stream.origin == identity.origin]:
            held = [record for _epoch, record in self._records.pop(stream, {}).values() if record.payload is not None]
            held.sort(key=lambda record: record.stamp)
            self._seals[stream], self._at[stream] = [], {}
            self._positions[stream] = Position(self.epoch, 0)
            self._write(
                identity, stream.kind, [Record(n, each.stamp, each.key, each.payload) for n, each in enumerate(held, 1)]
            )
        self.sign_heads(identity)

    def key_ring(self) -> KeyRing:
        return self._keys

    def keep_key_ring(self, ring: KeyRing, now: datetime) -> None:
        self._keys = ring

    def make_key(self, identity: Identity, not_for: frozenset[str], now: datetime) -> None:
        """What an administrator has done: a new key."""
        self.clock = next_stamp(self.clock, now)
        made = hashlib.sha256(f"{self.clock} {identity.origin}".encode()).digest()
        self._keys = ordered([NetworkKey(self.clock, made, not_for), *self._keys])

    def _put(self, stream: Stream, epoch: int, record: Record) -> None:
        records = self._records.setdefault(stream, {})
        held = records.get(record.key)
        if held is None or (held[0], held[1].n) < (epoch, record.n):
            if held is not None and held[0] == epoch:
                self._at[stream].pop(held[1].n, None)
            records[record.key] = (epoch, record)
            self._at.setdefault(stream, {})[record.n] = record.key
        if record.stamp > self.clock:
            self.clock = record.stamp

    def _live_at(self, stream: Stream, epoch: int, n: int) -> Record | None:
        key = self._at.get(stream, {}).get(n)
        held = self._records[stream].get(key) if key is not None else None
        return held[1] if held is not None and held[0] == epoch else None

    def _purge(self, stream: Stream) -> None:
        head, at = self._heads.get(stream), self._positions.get(stream, NOTHING)
        if head is None or head.position.epoch != at.epoch or head.position.n > at.n:
            return
        records = self._records.get(stream, {})
        for key in [key for key, (epoch, _record) in records.items() if epoch < at.epoch]:
            del records[key]
