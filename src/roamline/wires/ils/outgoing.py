"""News as it goes out: read from the store and written once, however many peers it goes to."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.wires.ils.messages import LARGEST, News, framed, written
from roamline.wires.ils.records import Position, Stream
from roamline.wires.ils.store import Store

RECORDS_PER_MESSAGE = 4000
MOST_KEPT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message of news as bytes, and the position that a peer is at when it has taken it."""

    until: Position
    content: bytes


class Outgoing:
    """Makes parcels; the last few megabytes of them are kept for the next peer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[Stream, Position, Position], Parcel] = {}
        self._kept_bytes = 0

    def parcel(self, stream: Stream, at: Position, mine: Position) -> Parcel | None:
        """The next news for a peer at a position, of a stream that is at ``mine`` here; None: there is none."""
        key = (stream, at, mine)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._made(stream, at)
            if kept is not None:
                self._keep(key, kept)
        return kept

    def forget(self) -> None:
        """What the store holds of a stream is not what it held at that position before."""
        self._kept.clear()
        self._kept_bytes = 0

    def _made(self, stream: Stream, at: Position) -> Parcel | None:
        chunks = self._store.chunks_after(stream, at, RECORDS_PER_MESSAGE)
        while chunks:
            epoch, until = chunks[0].seal.epoch, chunks[-1].seal.last
            news = News(stream, at if at.epoch == epoch else Position(epoch, 0), tuple(chunks))
            content = framed(written(news))
            if len(content) <= LARGEST or len(chunks) == 1:
                return Parcel(Position(epoch, until), content)
            chunks = chunks[: len(chunks) // 2]
        return None

    def _keep(self, key: tuple[Stream, Position, Position], parcel: Parcel) -> None:
        if self._kept_bytes > MOST_KEPT_BYTES:
            self.forget()
        self._kept[key] = parcel
        self._kept_bytes += len(parcel.content)
