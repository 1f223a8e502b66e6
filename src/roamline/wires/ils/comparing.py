"""Comparing what is held here with what its origins sign that they hold: proof that clusters are in step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from roamline.wires.ils.identity import is_signed
from roamline.wires.ils.members import Member
from roamline.wires.ils.records import NOTHING, Head, Position, Stream, is_behind
from roamline.wires.ils.store import Store


class Comparing:
    """The newest heads, and when each origin's streams were last found to be what it says (``checked``)."""

    def __init__(self, store: Store, own: str) -> None:
        self._store, self._own = store, own
        self._heads: dict[Stream, Head] = {}
        self._agreed: dict[Stream, Position] = {}
        self.checked: dict[str, datetime] = {}
        self.reload()

    def reload(self) -> None:
        """Read the heads anew: the own ones have been signed."""
        self._heads = {head.stream: head for head in self._store.heads()}

    def heads(self) -> Iterable[Head]:
        """The newest heads, of other clusters' streams and of the own."""
        return self._heads.values()

    def is_news(self, head: Head) -> bool:
        """Whether a head is newer than the one that is known."""
        known = self._heads.get(head.stream)
        return is_behind(known.position if known else NOTHING, head.position)

    def take(self, head: Head, member: Member) -> Position | None:
        """Keep a new head; where its stream is then, None when its origin did not sign it."""
        if not is_signed(member.public_key, head.statement(), head.signature):
            return None
        self._heads[head.stream] = head
        return self._store.keep_head(head)

    def differing(self, streams: Iterable[Stream], at: Mapping[Stream, Position], now: datetime) -> list[Stream]:
        """Those that are where their head says, and yet hold something else; the others count as checked."""
        return [stream for stream in streams if self._differs(stream, at.get(stream), now)]

    def _differs(self, stream: Stream, position: Position | None, now: datetime) -> bool:
        head = self._heads.get(stream)
        if head is None or stream.origin == self._own or position != head.position:
            return False
        if self._agreed.get(stream) != head.position and not self._is_held(head):
            return True
        self._agreed[stream] = head.position
        self.checked[stream.origin] = now
        return False

    def _is_held(self, head: Head) -> bool:
        return self._store.fingerprint(head.stream) == (head.position, head.count, head.total)
