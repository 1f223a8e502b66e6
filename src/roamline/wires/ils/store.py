"""What the machine asks of whoever keeps the records; every method is one short transaction, durable at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KeyRing
from roamline.wires.ils.records import Chunk, Head, Position, Record, Stream


class Store(Protocol):
    """The records of a cluster: its own and what it has learned."""

    def positions(self) -> dict[Stream, Position]:
        """How far every stream has arrived here, the own ones too."""

    def chunks_after(self, stream: Stream, position: Position, most: int) -> list[Chunk]:
        """The next chunks of a stream that is at ``position`` elsewhere, about ``most`` records together.

        Of another epoch than the position's: from the first. A chunk of which nothing is live may be left out, but
        never the last one.
        """

    def keep(self, stream: Stream, chunks: Sequence[Chunk], now: datetime) -> Position:
        """Take in genuine chunks that follow what is here, all or none; where the stream is then.

        A record replaces the one of the same key; one of an older epoch than is here is passed over. The clock is
        moved on to the greatest stamp seen. Taking in again what is here changes nothing.
        """

    def keep_head(self, head: Head) -> Position:
        """Keep the newest head of a stream; records of older epochs go once the stream has come that far.

        Where the stream is then: an epoch in which it is empty begins with the head.
        """

    def heads(self) -> Iterable[Head]:
        """The newest heads, of other clusters' streams and of the own."""

    def sign_heads(self, identity: Identity) -> list[Head]:
        """Sign anew the heads of the own streams that have changed since; the new ones."""

    def fingerprint(self, stream: Stream) -> tuple[Position, int, int]:
        """Where a stream is, how many live records it has, and the sum of their marks, at one moment."""

    def forget_position(self, stream: Stream) -> None:
        """Begin a stream anew: it is at nothing, its records stay until they are replaced."""

    def of_kind(self, kind: str) -> Iterable[tuple[str, Record]]:
        """Live records of a kind with their origins; asked for small kinds only."""

    def say(self, identity: Identity, kind: str, key: str, payload: str | None, now: datetime) -> None:
        """Write a record of the cluster's own."""

    def mint_epoch(self, identity: Identity, now: datetime, above: int = 0, kinds: Iterable[str] = ()) -> None:
        """Begin a new epoch, greater than ``above``: number, seal and head all live own records anew.

        Streams of ``kinds`` are in it in any case, empty where nothing is said: so who holds records of them that are
        forgotten here learns by their heads that they are gone.
        """

    def key_ring(self) -> KeyRing:
        """The network's keys that are held here."""

    def keep_key_ring(self, ring: KeyRing, now: datetime) -> None:
        """Hold these keys from now on; what travels sealed is sealed anew with the newest in the same transaction."""
