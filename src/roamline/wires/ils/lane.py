"""In what order streams are sent over a link, and how many messages may be on their way."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from roamline.wires.ils.messages import News
from roamline.wires.ils.records import Head, Stream

FIRST_KINDS = ("member", "cluster", "login")
BULK_KINDS = frozenset({"number", "pattern", "user", "profile", "headset"})
URGENT_ON_THE_WAY, BULK_ON_THE_WAY = 16, 3

Urgency = tuple[int, str, str]


def is_bulk(stream: Stream) -> bool:
    """Whether a stream may be long, and can wait."""
    return stream.kind in BULK_KINDS


def can_wait(message: object) -> bool:
    """Whether all else may overtake a message that came: bulk news, and the heads that speak of it.

    Nothing depends on bulk streams; whatever is urgent keeps its order.
    """
    return isinstance(message, News | Head) and is_bulk(message.stream)


def urgency(stream: Stream) -> Urgency:
    """The order in which streams are sent: membership, clusters, log-ins, what is unknown here, then bulk."""
    kind = stream.kind
    rank = FIRST_KINDS.index(kind) if kind in FIRST_KINDS else 4 if kind in BULK_KINDS else 3
    return rank, kind, stream.origin


@dataclass(slots=True)
class Lane:
    """The streams of which there may be something to send, most urgent first, each once."""

    most: int
    on_the_way: int = 0
    _order: list[Urgency] = field(default_factory=list)
    _here: set[Urgency] = field(default_factory=set)

    def __contains__(self, stream: Stream) -> bool:
        return urgency(stream) in self._here

    def add(self, stream: Stream) -> None:
        """Put a stream in its place."""
        place = urgency(stream)
        if place not in self._here:
            self._here.add(place)
            heapq.heappush(self._order, place)

    def first(self) -> Stream | None:
        """The most urgent stream."""
        return Stream(self._order[0][2], self._order[0][1]) if self._order else None

    def drop_first(self) -> None:
        """Nothing of the most urgent stream is left to send."""
        self._here.discard(heapq.heappop(self._order))

    def has_room(self) -> bool:
        """Whether another message may be sent before one is acknowledged."""
        return self.on_the_way < self.most
