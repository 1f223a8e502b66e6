"""The records of this cluster and of all others, in the database: what :class:`roamline.wires.ils.store.Store` asks.

Locks: who writes own records holds the clock's row until the commit, so numbers are given in the order of commits.
Whoever needs other rows too takes them first. Taking in others' records locks their stream's row only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from roamline.kernel.hybrid_clock import stamp_at
from roamline.platform import sql
from roamline.rooms.clusters import putting, ring, statements
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KEY, KeyRing
from roamline.wires.ils.records import (
    NOTHING,
    Chunk,
    Head,
    Position,
    Record,
    Seal,
    Stream,
    marks_of,
    portions,
    seal,
    signed_head,
)

RUNS_AT_ONCE = 500
COUNT_AGAIN = timedelta(seconds=10)
LIMITED_KINDS = frozenset({"number", "pattern"})


def cluster_id(origin: str, *, is_own: bool = False) -> int:
    """The row of a cluster, made when there is none."""
    found = sql.row(statements.CLUSTER, [origin])
    if found is None:
        sql.run(statements.MAKE_CLUSTER, [origin, is_own, is_own, False, False])
        found = sql.row(statements.CLUSTER, [origin])
    return int(found[0]) if found else 0


def lock_stream(cluster: int, kind: str, epoch: int = 0) -> Position:
    """Where a stream is, locked until the commit; made when there is none."""
    found = sql.row(statements.LOCK_STREAM, [cluster, kind])
    if found is None:
        sql.run(statements.MAKE_STREAM, [cluster, kind, epoch, b""])
        found = sql.row(statements.LOCK_STREAM, [cluster, kind])
    return Position(*found) if found else NOTHING


def put_seals(cluster: int, kind: str, given: Sequence[Seal]) -> None:
    """Keep seals; those that are here already stay."""
    values = [[cluster, kind, each.epoch, each.first, each.last, each.digests, each.signature] for each in given]
    sql.run_many(statements.PUT_SEAL, values)


def advance_clock(now: datetime, count: int = 1) -> tuple[int, int]:
    """Take ``count`` stamps and lock the clock until the commit: (the last of them, the epoch)."""
    wall = stamp_at(now)
    found = sql.row(statements.ADVANCE_CLOCK, [wall, wall, count])
    if found is None:
        sql.run(statements.MAKE_CLOCK, [wall, wall])
        found = sql.row(statements.ADVANCE_CLOCK, [wall, wall, count])
    return (int(found[0]), int(found[1])) if found else (wall, wall)


def say(identity: Identity, kind: str, said: Sequence[tuple[str, str | None]], now: datetime) -> int:
    """Write own records in the caller's transaction, sealed; the stamp of the last."""
    own = cluster_id(identity.origin, is_own=True)
    last_stamp, epoch = advance_clock(now, len(said))
    lock_stream(own, kind, epoch)
    found = sql.row(statements.GROW_STREAM, [len(said), own, kind])
    start, stamp = int(found[0]) - len(said) if found else 0, last_stamp - len(said)
    write_sealed(identity, own, kind, epoch, [
        Record(start + i, stamp + i, key, payload) for i, (key, payload) in enumerate(said, 1)
    ])  # fmt: skip
    return last_stamp


def write_sealed(identity: Identity, own: int, kind: str, epoch: int, records: Iterable[Record]) -> None:
    """Write numbered own records with their seals."""
    for portion in portions(records):
        given = seal(identity, kind, epoch, portion)
        put_seals(own, kind, [given])
        # Of several words about one key in a portion only the last may reach the one statement.
        last = {record.key: (record, mark, True) for record, mark in _marked(given, portion)}
        putting.merge(own, kind, epoch, list(last.values()))


def _marked(given: Seal, records: Sequence[Record]) -> Iterable[tuple[Record, int]]:
    marks, first = marks_of(given.digests), given.first
    if len(records) == len(marks):  # nearly always: nothing of the seal is superseded
        return zip(records, marks, strict=True)
    return ((record, marks[record.n - first]) for record in records)


class DatabaseStore:
    """The machine's store; ``limit`` is how many learned numbers and patterns are used."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._learned_at_most = 0
        self._counted_at: datetime | None = None
        self._fresh: set[tuple[int, str, int]] = set()
        self._newest = 0  # the newest stamp that the clock has been moved past

    def positions(self) -> dict[Stream, Position]:
        """See the protocol; so for all that follows."""
        return {Stream(row[0], row[1]): Position(row[2], row[3]) for row in sql.rows(statements.POSITIONS)}

    def chunks_after(self, stream: Stream, position: Position, most: int) -> list[Chunk]:
        """The next chunks, in a few statements."""
        cluster = cluster_id(stream.origin)
        found = sql.row(statements.STREAM, [cluster, stream.kind])
        mine = Position(*found) if found else NOTHING
        start = position.n if position.epoch == mine.epoch else 0
        while True:
            end = self._end_of_run(cluster, stream.kind, mine.epoch, start, most)
            if end is None:
                return []
            chunks = self._chunks(cluster, stream.kind, mine, start, end)
            if chunks:
                return chunks
            start = end  # all superseded: on to the next

    def _end_of_run(self, cluster: int, kind: str, epoch: int, start: int, most: int) -> int | None:
        end, count = None, 0
        for first, last in sql.rows(statements.RUNS_AFTER, [cluster, kind, epoch, start, RUNS_AT_ONCE]):
            count += last - first + 1
            if end is not None and count > most:
                break
            end = int(last)
        return end

    def _chunks(self, cluster: int, kind: str, mine: Position, start: int, end: int) -> list[Chunk]:
        rows = sql.rows(statements.RECORDS_BETWEEN, [cluster, kind, start, end, mine.epoch])
        seals = sql.rows(statements.SEALS_BETWEEN, [cluster, kind, mine.epoch, start, end])
        chunks, at = [], 0
        for epoch, first, last, digests, signature in seals:
            begin = at
            while at < len(rows) and rows[at][0] <= last:
                at += 1
            if at > begin or last == mine.n:
                records = tuple(map(Record._make, rows[begin:at]))
                chunks.append(Chunk(Seal(epoch, first, last, bytes(digests), bytes(signature)), records))
        return chunks

    def keep(self, stream: Stream, chunks: Sequence[Chunk], now: datetime) -> Position:
        """Take in chunks, in one transaction; the clock is moved first, in one of its own, so as to hold no lock."""
        newest = max((record.stamp for chunk in chunks for record in chunk.records), default=0)
        if newest > self._newest:
            if not self._newest:
                sql.run(statements.MAKE_CLOCK, [stamp_at(now), stamp_at(now)])
            sql.run(statements.SEE_STAMP, [newest, newest])
            self._newest = newest
        with transaction.atomic():
            return self._keep(stream, chunks, now)

    def _keep(self, stream: Stream, chunks: Sequence[Chunk], now: datetime) -> Position:
        cluster, kind, epoch = cluster_id(stream.origin), stream.kind, chunks[0].seal.epoch
        mine = lock_stream(cluster, kind)
        if epoch < mine.epoch:
            return mine
        if epoch > mine.epoch:
            sql.run(statements.DROP_OLD_SEALS, [cluster, kind, epoch])
            mine = Position(epoch, 0)
        new = [chunk for chunk in chunks if chunk.seal.last > mine.n]
        put_seals(cluster, kind, [chunk.seal for chunk in new])
        # Of several words about one key only the last may reach the one statement.
        last = {record.key: (record, mark) for chunk in new for record, mark in _marked(chunk.seal, chunk.records)}
        if last:
            records = self._with_room(kind, list(last.values()), now)
            self._put(cluster, kind, epoch, records, is_first=mine.n == 0)
        position = Position(epoch, max([mine.n, *(chunk.seal.last for chunk in new)]))
        sql.run(statements.MOVE_STREAM, [*position, cluster, kind])
        self._drop_older(cluster, kind, epoch)
        return position

    def _put(self, cluster: int, kind: str, epoch: int, records: list[putting.Marked], *, is_first: bool) -> None:
        """Copy what comes of a stream of which nothing was here, for as long as no key comes again; else merge."""
        if is_first and len(records) > 1 and putting.has_none(cluster, kind):
            self._fresh.add((cluster, kind, epoch))
        if (cluster, kind, epoch) in self._fresh:
            if putting.copy(cluster, kind, epoch, records):
                return
            self._fresh.discard((cluster, kind, epoch))
        putting.merge(cluster, kind, epoch, records)

    def _with_room(self, kind: str, marked: list[tuple[Record, int]], now: datetime) -> list[putting.Marked]:
        """Say which records are used: those over the limit are kept and relayed, but route nothing."""
        if kind not in LIMITED_KINDS:
            return [(record, mark, True) for record, mark in marked]
        is_over = self._learned_at_most + len(marked) > self.limit
        # To count much again and again would take longer than all else; a repair uses what there is room for then.
        if self._counted_at is None or (is_over and now - self._counted_at > COUNT_AGAIN):
            self._learned_at_most, self._counted_at = learned_objects(), now
        room = max(0, self.limit - self._learned_at_most)
        self._learned_at_most += min(room, len(marked))
        return [(record, mark, i < room) for i, (record, mark) in enumerate(marked)]

    def _drop_older(self, cluster: int, kind: str, epoch: int) -> None:
        if sql.row(statements.HEAD_REACHED, [cluster, kind]):
            sql.run(statements.QUEUE_GONE, [cluster, kind, epoch])
            sql.run(statements.DROP_OLD_RECORDS, [cluster, kind, epoch])

    @transaction.atomic
    def keep_head(self, head: Head) -> Position:
        """Keep a head; an epoch in which a stream is empty begins with it."""
        cluster, kind = cluster_id(head.stream.origin), head.stream.kind
        mine = lock_stream(cluster, kind)
        if head.position.n == 0 and head.position.epoch > mine.epoch:
            sql.run(statements.DROP_OLD_SEALS, [cluster, kind, head.position.epoch])
            sql.run(statements.MOVE_STREAM, [*head.position, cluster, kind])
            mine = head.position
        sql.run(statements.KEEP_HEAD, [*head.position, head.count, head.total, head.signature, cluster, kind])
        self._drop_older(cluster, kind, head.position.epoch)
        return mine

    def heads(self) -> Iterable[Head]:
        """All heads that are known."""
        return [
            Head(Stream(origin, kind), Position(epoch, n), count, total, bytes(signature))
            for origin, kind, epoch, n, count, total, signature in sql.rows(statements.HEADS)
        ]

    def sign_heads(self, identity: Identity) -> list[Head]:
        """Sign the heads of own streams that have changed, each at one moment."""
        own = cluster_id(identity.origin, is_own=True)
        return [self._sign_head(identity, own, kind) for (kind,) in sql.rows(statements.UNSIGNED, [own])]

    @transaction.atomic
    def _sign_head(self, identity: Identity, own: int, kind: str) -> Head:
        head = signed_head(identity, kind, *self.fingerprint(Stream(identity.origin, kind)))
        sql.run(statements.KEEP_HEAD, [*head.position, head.count, head.total, head.signature, own, kind])
        return head

    def fingerprint(self, stream: Stream) -> tuple[Position, int, int]:
        """Position, count and sum, of one moment because of one statement."""
        found = sql.row(statements.FINGERPRINT, [cluster_id(stream.origin), stream.kind])
        return (Position(found[0], found[1]), int(found[2]), int(found[3])) if found else (NOTHING, 0, 0)

    def forget_position(self, stream: Stream) -> None:
        """Begin a stream anew."""
        sql.run(statements.FORGET_POSITION, [cluster_id(stream.origin), stream.kind])

    def of_kind(self, kind: str) -> Iterable[tuple[str, Record]]:
        """Live records of a small kind."""
        return [(origin, Record(*rest)) for origin, *rest in sql.rows(statements.OF_KIND, [kind])]

    @transaction.atomic
    def say(self, identity: Identity, kind: str, key: str, payload: str | None, now: datetime) -> None:
        """Write one own record; which of the network's keys is used concerns others here, too."""
        say(identity, kind, [(key, payload)], now)
        if kind == KEY:
            ring.tell_of_use(now)

    @transaction.atomic
    def mint_epoch(self, identity: Identity, now: datetime, above: int = 0, kinds: Iterable[str] = ()) -> None:
        """Number and seal all that is live anew, in the order of the stamps."""
        own = cluster_id(identity.origin, is_own=True)
        stamp, _epoch = advance_clock(now)
        epoch = max(stamp, above + 1)
        sql.run(statements.NEW_EPOCH, [epoch, epoch])
        for kind in kinds:
            lock_stream(own, kind, epoch)
        for stream in [each for each in self.positions() if each.origin == identity.origin]:
            live = sql.rows(statements.OWN_LIVE, [own, stream.kind])
            sql.run(statements.DROP_RECORDS, [own, stream.kind])
            sql.run(statements.DROP_OLD_SEALS, [own, stream.kind, epoch])
            sql.run(statements.MOVE_STREAM, [epoch, len(live), own, stream.kind])
            numbered = (Record(n, *rest) for n, (_, *rest) in enumerate(live, 1))
            write_sealed(identity, own, stream.kind, epoch, numbered)
        self.sign_heads(identity)

    def key_ring(self) -> KeyRing:
        """The network's keys, opened."""
        return ring.held()

    def keep_key_ring(self, keys: KeyRing, now: datetime) -> None:
        """Keep the network's keys, and tell who seals with them, in one transaction."""
        ring.keep(keys, now)


def record_of(stream: Stream, key: str) -> Record | None:
    """What an origin says of a key, that it is gone too; None when it never said anything."""
    found = sql.row(statements.RECORD_OF, [cluster_id(stream.origin), stream.kind, key])
    return Record(*found) if found else None


def learned_objects() -> int:
    """How many learned numbers and patterns are used."""
    found = sql.row(statements.LEARNED)
    return int(found[0]) if found else 0


def use_more(limit: int) -> int:
    """Use learned objects that were over the limit and now are not; how many."""
    room = limit - learned_objects()
    return sql.run(statements.USE_MORE, [True, room]) if room > 0 else 0


def drop_empty_seals() -> int:
    """Drop seals of which no record is live."""
    return sql.run(statements.DROP_EMPTY_SEALS)
