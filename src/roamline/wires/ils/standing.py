"""Where this cluster stands: who belongs to the network, and how far their streams have come here."""

from __future__ import annotations

from roamline.wires.ils.handshake import Profile
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.members import MEMBER, Member, members, removed
from roamline.wires.ils.records import Position, Record, Stream
from roamline.wires.ils.store import Store


class Standing:
    """What the store says of members and positions, at hand; only members' streams are."""

    def __init__(self, store: Store, identity: Identity, profile: Profile) -> None:
        self._store = store
        self._own = Member(identity.origin, identity.public_key, profile.role, profile.name)
        self._words: list[tuple[str, Record]] | None = None
        self.members: dict[str, Member] = {}
        self.removed: frozenset[str] = frozenset()
        self.positions: dict[Stream, Position] = {}
        self.is_stale = False
        """Whether words about members have come in that are not reckoned with yet."""
        self.reload()

    def reload(self) -> list[Stream]:
        """Read anew; the streams that have moved, those of new members too."""
        self.is_stale = False
        words = list(self._store.of_kind(MEMBER))
        if words != self._words:
            self._words = words
            self.members = members(self._own, words)
            self.removed = removed(self._own, self.members, words)
        before, found = self.positions, self._store.positions()
        self.positions = {stream: at for stream, at in found.items() if stream.origin in self.members}
        return [stream for stream, at in self.positions.items() if before.get(stream) != at]

    def name(self, origin: str) -> str:
        """A member's name; of whom it is not known, the origin."""
        member = self.members.get(origin)
        return member.name if member else origin
