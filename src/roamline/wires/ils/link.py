"""What one cluster knows of another over one link: what it has, what was sent, what still is to be sent.

Streams are sent in the order of :func:`urgency`, a message at a time, and only so many messages are on their way
unacknowledged: so a slow peer holds up nobody else, and a log-in never waits behind more than a few bulk messages.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    _due: dict[Stream, datetime] = field(default_factory=dict)

    def want(self, stream: Stream, when: datetime) -> None:
        """There may be news of a stream for the peer, to be sent at a time; an earlier one stays."""
        if stream.origin != self.peer.origin:
            self._due[stream] = min(when, self._due.get(stream, when))

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
        left = max(0, self._on_the_way.get(stream, 0) - 1)
        self._on_the_way[stream] = left
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
        found: list[News] = []
        for stream in sorted((stream for stream, due in self._due.items() if due <= now), key=urgency):
            while self._has_room(stream):
                news = self._news(stream, mine.get(stream, NOTHING), store)
                if news is None:
                    del self._due[stream]
                    break
                found.append(news)
        return found

    def is_waiting(self, now: datetime) -> bool:
        """Whether something is to be sent later, without anything happening before."""
        return any(due > now for due in self._due.values())

    def is_in_step(self, mine: Mapping[Stream, Position]) -> bool:
        """Whether the peer has all that is here."""
        return self.knows_theirs and not any(
            is_behind(self.theirs.get(stream, NOTHING), at)
            for stream, at in mine.items()
            if stream.origin != self.peer.origin
        )

    def _has_room(self, stream: Stream) -> bool:
        is_bulk = stream.kind in BULK_KINDS
        on_the_way = sum(count for each, count in self._on_the_way.items() if (each.kind in BULK_KINDS) == is_bulk)
        return on_the_way < (BULK_ON_THE_WAY if is_bulk else URGENT_ON_THE_WAY)

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
        return News(stream, at if at.epoch == epoch else Position(epoch, 0), tuple(chunks))
