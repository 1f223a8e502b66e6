"""What one cluster knows of another over one link: what it has, what was sent, what still is to be sent.

Streams are sent in the order of :func:`~roamline.wires.ils.lane.urgency`, a message at a time, and only so many
messages are on their way unacknowledged: so a slow peer holds up nobody else, and a log-in never waits behind more
than a few bulk messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roamline.wires.ils.handshake import Peer
from roamline.wires.ils.lane import BULK_ON_THE_WAY, URGENT_ON_THE_WAY, Lane, is_bulk
from roamline.wires.ils.messages import MOST_POSITIONS, Ack, Have
from roamline.wires.ils.outgoing import Outgoing, Parcel
from roamline.wires.ils.records import NOTHING, Head, Position, Stream, is_behind


@dataclass(slots=True)
class Link:
    """The exchange with a peer that has proved who it is."""

    peer: Peer
    since: datetime
    last_heard: datetime
    last_said: datetime
    is_initiator: bool = False
    knows_theirs: bool = False
    behind_since: datetime | None = None
    last_step: datetime | None = None
    theirs: dict[Stream, Position] = field(default_factory=dict)
    refused: dict[Stream, str] = field(default_factory=dict)
    announcing: dict[Stream, Position] = field(default_factory=dict)
    _lanes: dict[bool, Lane] = field(
        default_factory=lambda: {False: Lane(URGENT_ON_THE_WAY), True: Lane(BULK_ON_THE_WAY)}
    )
    _later: dict[Stream, datetime] = field(default_factory=dict)
    _sent: dict[Stream, Position] = field(default_factory=dict)
    _on_the_way: dict[Stream, int] = field(default_factory=dict)
    _unsure: set[Stream] = field(default_factory=set)  # where the peer may be behind; nowhere else it is
    _said_heads: dict[Stream, Position] = field(default_factory=dict)
    _heads: dict[Stream, Head] = field(default_factory=dict)  # to be said once the peer has come that far
    _ready_heads: dict[Stream, Head] = field(default_factory=dict)
    _not_taken: set[Stream] = field(default_factory=set)

    def want(self, stream: Stream, when: datetime | None = None) -> None:
        """There may be news of a stream for the peer, to be sent at once or at a time; an earlier one stays."""
        if stream.origin == self.peer.origin:
            return
        self._unsure.add(stream)
        lane = self._lanes[is_bulk(stream)]
        if when is None:
            self._later.pop(stream, None)
            lane.add(stream)
        elif stream not in lane:
            self._later[stream] = min(when, self._later.get(stream, when))

    def ripen(self, now: datetime) -> bool:
        """Whether something that was to be sent later is to be sent now."""
        ripe = [stream for stream, when in self._later.items() if when <= now]
        for stream in ripe:
            self.want(stream)
        return bool(ripe)

    def want_head(self, head: Head) -> None:
        """A head for the peer, said when it has all that the head is about, so that it can compare."""
        if head.stream.origin != self.peer.origin and self._said_heads.get(head.stream) != head.position:
            self._heads[head.stream] = head
            self._look_at_head(head.stream)

    def on_head(self, head: Head) -> None:
        """The peer said a head: it need not be told that one."""
        self._said_heads[head.stream] = head.position
        wanted = self._heads.get(head.stream)
        if wanted is not None and wanted.position == head.position:
            del self._heads[head.stream]

    def on_have(self, message: Have) -> None:
        """The peer says where it is; all it has, when the link is new or being repaired."""
        if message.is_all:
            self.knows_theirs = True
            self.theirs = dict(message.positions)
            self.refused.clear()
            self._sent = {stream: at for stream, at in self._sent.items() if self._on_the_way.get(stream)}
        else:
            self.theirs.update(message.positions)
            for stream in message.positions:
                self.refused.pop(stream, None)
        for stream in list(self._heads) if message.is_all else message.positions:
            self._look_at_head(stream)

    def on_ack(self, message: Ack) -> None:
        """The peer dealt with news; what it did not take is sent again from where it is, unless it refused."""
        stream = message.stream
        left = self._on_the_way.get(stream, 0)
        if left:
            left -= 1
            self._on_the_way[stream] = left
            self._lanes[is_bulk(stream)].on_the_way -= 1
        self.theirs[stream] = message.position
        if message.refused:
            self.refused[stream] = message.refused
        if not left:
            self._sent.pop(stream, None)
        self.want(stream)
        self._look_at_head(stream)

    def on_news(self, stream: Stream, position: Position) -> None:
        """The peer gave news that ends at a position."""
        self.theirs[stream] = max(self.theirs.get(stream, NOTHING), position)
        self._look_at_head(stream)

    def not_taken(self, stream: Stream) -> None:
        """News from the peer was not taken, because its origin is not known yet."""
        if len(self._not_taken) < MOST_POSITIONS:
            self._not_taken.add(stream)

    def now_wanted(self, origins: Iterable[str]) -> set[Stream]:
        """What was not taken because one of these origins was unknown; each is given once."""
        known = frozenset(origins)
        found = {stream for stream in self._not_taken if stream.origin in known}
        self._not_taken -= found
        return found

    def next_news(self, mine: Mapping[Stream, Position], outgoing: Outgoing) -> Iterator[Parcel]:
        """What to send now, most urgent first, as far as there is room on the way."""
        if self.knows_theirs:
            for lane in self._lanes.values():
                yield from self._next_of(lane, mine, outgoing)

    def next_heads(self) -> list[Head]:
        """The heads to say now."""
        if not self.knows_theirs or not self._ready_heads:
            return []
        heads, self._ready_heads = list(self._ready_heads.values()), {}
        self._said_heads |= {head.stream: head.position for head in heads}
        return heads

    def note_step(self, mine: Mapping[Stream, Position], now: datetime) -> None:
        """Note whether the peer is in step."""
        if self.is_in_step(mine):
            self.behind_since, self.last_step = None, now
        elif self.behind_since is None:
            self.behind_since = now

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

    def _next_of(self, lane: Lane, mine: Mapping[Stream, Position], outgoing: Outgoing) -> Iterator[Parcel]:
        while lane.has_room() and (stream := lane.first()) is not None:
            parcel = self._parcel(stream, mine.get(stream, NOTHING), outgoing)
            if parcel is None:
                lane.drop_first()
                continue
            self._sent[stream] = parcel.until
            self._on_the_way[stream] = self._on_the_way.get(stream, 0) + 1
            lane.on_the_way += 1
            yield parcel

    def _parcel(self, stream: Stream, mine: Position, outgoing: Outgoing) -> Parcel | None:
        at = max(self.theirs.get(stream, NOTHING), self._sent.get(stream, NOTHING))
        return outgoing.parcel(stream, at, mine) if stream not in self.refused and is_behind(at, mine) else None

    def _look_at_head(self, stream: Stream) -> None:
        head = self._heads.get(stream)
        if head is None:
            return
        theirs = self.theirs.get(stream)
        # An epoch in which a stream is empty begins with its head: whoever holds something older needs it.
        if theirs is not None and (head.position.n == 0 or not is_behind(theirs, head.position)):
            self._ready_heads[stream] = self._heads.pop(stream)
