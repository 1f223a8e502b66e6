"""Comparing what is held here with what its origins sign that they hold: proof that clusters are in step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from roamline.wires.ils.identity import is_signed
from roamline.wires.ils.link import is_behind
from roamline.wires.ils.members import Member
from roamline.wires.ils.records import NOTHING, Head, Position, Stream
from roamline.wires.ils.store import Store


class Comparing:
    """Heads that came in, and when each origin's streams were last found to be what it says (``checked``)."""

    def __init__(self, store: Store, own: str) -> None:
        self._store, self._own = store, own
        self._agreed: dict[Stream, Position] = {}
        self.checked: dict[str, datetime] = {}

    def take(self, head: Head, member: Member) -> bool | None:
        """Keep a head; whether it is new, None when its origin did not sign it."""
        if not is_signed(member.public_key, head.statement(), head.signature):
            return None
        known = {each.stream: each.position for each in self._store.heads()}
        is_new = is_behind(known.get(head.stream, NOTHING), head.position)
        if is_new:
            self._store.keep_head(head)
        return is_new

    def differing(self, positions: Mapping[Stream, Position], now: datetime) -> list[Stream]:
        """The streams that are where their head says, and yet hold something else; the others count as checked."""
        found: list[Stream] = []
        for head in self._store.heads():
            if head.stream.origin == self._own or positions.get(head.stream) != head.position:
                continue
            if self._agreed.get(head.stream) == head.position or self._is_held(head):
                self._agreed[head.stream] = head.position
                self.checked[head.stream.origin] = now
            else:
                found.append(head.stream)
        return found

    def _is_held(self, head: Head) -> bool:
        return self._store.fingerprint(head.stream) == (head.position, head.count, head.total)
