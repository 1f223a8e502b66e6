"""What one cluster knows of another over one link: what it has, what was sent, what still is to be sent.

Streams are sent in the order of :func:`urgency`, a message at a time, and only so many messages are on their way
unacknowledged: so a slow peer holds up nobody else, and a log-in never waits behind more than a few bulk messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roamline.wires.ils.handshake import Peer
from roamline.wires.ils.messages import Ack, Have, News
from roamline.wires.ils.records import NOTHING, Position, Stream
from roamline.wires.ils.store import Store

FIRST_KINDS = ("member", "cluster", "login")
BULK_KINDS = frozenset({"number", "pattern", "user", "profile", "headset"})
URGENT_ON_THE_WAY, BULK_ON_THE_WAY = 16, 3
RECORDS_PER_MESSAGE = 1000


def urgency(stream: Stream) -> tuple[int, str, str]:
    """The order in which streams are sent: membership, clusters, log-ins, what is unknown here, then bulk."""
    kind = stream.kind
    rank = FIRST_KINDS.index(kind) if kind in FIRST_KINDS else 4 if kind in BULK_KINDS else 3
    return rank, kind, stream.origin


def is_behind(theirs: Position, mine: Position) -> bool:
    """Whether somebody at ``theirs`` lacks something that somebody at ``mine`` has."""
    return theirs.epoch < mine.epoch or (theirs.epoch == mine.epoch and theirs.n < mine.n)


@dataclass(slots=True)
class Link:
    """The exchange with a peer that has proved who it is."""

    peer: Peer
    since: datetime
    last_heard: datetime
    last_said: datetime
    knows_theirs: bool = False
    behind_since: datetime | None = None
    last_step: datetime | None = None
    theirs: dict[Stream, Position] = field(default_factory=dict)
    refused: dict[Stream, str] = field(default_factory=dict)
    heads: dict[Stream, Position] = field(default_factory=dict)
    _sent: dict[Stream, Position] = field(default_factory=dict)
    _on_the_way: dict[Stream, int] = field(default_factory=dict)
    # by whether it is bulk:
    _all_on_the_way: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    _due: dict[bool, dict[Stream, datetime]] = field(default_factory=lambda: {True: {}, False: {}})
    _unsure: set[Stream] = field(default_factory=set)  # where the peer may be behind; nowhere else it is

    def want(self, stream: Stream, when: datetime) -> None:
        """There may be news of a stream for the peer, to be sent at a time; an earlier one stays."""
        if stream.origin != self.peer.origin:
            due = self._due[stream.kind in BULK_KINDS]
            due[stream] = min(when, due.get(stream, when))
            self._unsure.add(stream)

    def on_have(self, message: Have) -> None:
        """The peer says where it is; all it has, when the link is new or being repaired."""
        if message.is_all:
            self.knows_theirs = True
            self.theirs = dict(message.positions)
            self.refused.clear()
            self._sent = {stream: at for stream, at in self._sent.items() if self._on_the_way.get(stream)}
        else:
            self.theirs.update(message.positions)

    def on_ack(self, message: Ack, now: datetime) -> None:
        """The peer dealt with news; what it did not take is sent again from where it is, unless it refused."""
        stream = message.stream
        left = self._on_the_way.get(stream, 0)
        if left:
            left -= 1
            self._on_the_way[stream] = left
            self._all_on_the_way[stream.kind in BULK_KINDS] -= 1
        self.theirs[stream] = message.position
        if message.refused:
            self.refused[stream] = message.refused
        if not left:
            self._sent.pop(stream, None)
        self.want(stream, now)

    def next_news(self, mine: Mapping[Stream, Position], store: Store, now: datetime) -> list[News]:
        """What to send now, most urgent first, as far as there is room on the way."""
        if not self.knows_theirs:
            return []
        return [news for is_bulk in (False, True) for news in self._next_of(is_bulk, mine, store, now)]

    def is_waiting(self, now: datetime) -> bool:
        """Whether something is to be sent later, without anything happening before."""
        return any(when > now for due in self._due.values() for when in due.values())

    def is_in_step(self, mine: Mapping[Stream, Position]) -> bool:
        """Whether the peer has all that is here."""
        if not self.knows_theirs:
            return False
        while self._unsure:
            stream = self._unsure.pop()
            if is_behind(self.theirs.get(stream, NOTHING), mine.get(stream, NOTHING)):
                self._unsure.add(stream)
                return False
        return True

    def _next_of(self, is_bulk: bool, mine: Mapping[Stream, Position], store: Store, now: datetime) -> Iterator[News]:
        due = self._due[is_bulk]
        if not due or not self._has_room(is_bulk):
            return
        for stream in sorted((stream for stream, when in due.items() if when <= now), key=urgency):
            while (news := self._news(stream, mine.get(stream, NOTHING), store)) is not None:
                yield news
                if not self._has_room(is_bulk):
                    return
            del due[stream]

    def _has_room(self, is_bulk: bool) -> bool:
        return self._all_on_the_way[is_bulk] < (BULK_ON_THE_WAY if is_bulk else URGENT_ON_THE_WAY)

    def _news(self, stream: Stream, mine: Position, store: Store) -> News | None:
        at = max(self.theirs.get(stream, NOTHING), self._sent.get(stream, NOTHING))
        if stream in self.refused or not is_behind(at, mine):
            return None
        chunks = store.chunks_after(stream, at, RECORDS_PER_MESSAGE)
        if not chunks:
            return None
        epoch = chunks[0].seal.epoch
        self._sent[stream] = Position(epoch, chunks[-1].seal.last)
        self._on_the_way[stream] = self._on_the_way.get(stream, 0) + 1
        self._all_on_the_way[stream.kind in BULK_KINDS] += 1
        return News(stream, at if at.epoch == epoch else Position(epoch, 0), tuple(chunks))
