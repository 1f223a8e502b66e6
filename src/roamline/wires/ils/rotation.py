"""Giving the network's keys on over links, saying which one is used, and dropping those that nobody needs any more."""

from __future__ import annotations

from datetime import datetime

from roamline.kernel.hybrid_clock import ahead
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KEY, KeyRing, KeyWord, key_word, merged, still_needed, word_of
from roamline.wires.ils.links import Links
from roamline.wires.ils.messages import Welcome
from roamline.wires.ils.reception import REFUSED_AHEAD
from roamline.wires.ils.standing import Standing
from roamline.wires.ils.store import Store


class Rotation:
    """One cluster's share in the change from one key of the network to the next."""

    def __init__(self, identity: Identity, store: Store, standing: Standing, links: Links) -> None:
        self._identity, self._store, self._standing, self._links = identity, store, standing, links
        self._given: KeyRing = ()
        self.is_due = True

    def welcome(self, number: int) -> None:
        """Tell a peer that it is let in, and give it the keys, unless it only looks or is to be kept out."""
        self._links.say(number, Welcome(self._keys_for(number)))

    def take(self, ring: KeyRing, number: int, now: datetime) -> bool:
        """Take over what is newer than what is here, and give it on; whether anything was."""
        own = self._store.key_ring()
        ring = tuple(each for each in ring if ahead(each.made, now) <= REFUSED_AHEAD)
        wanted = merged(own, ring)
        if wanted == own:
            return False
        self._store.keep_key_ring(wanted, now)
        self._spread(wanted, number)
        self.is_due = True
        return True

    def look(self) -> None:
        """A key may have been made here: give it to everybody who has not been given it."""
        ring = self._store.key_ring()
        if ring != self._given:
            self._spread(ring)
        self.is_due = True

    def settle(self, now: datetime) -> bool:
        """Say what is to be said of the keys and drop those that are to go; whether something was said."""
        if not self.is_due:
            return False
        self.is_due = False
        ring = self._store.key_ring()
        if not ring:
            return False
        said = {origin: key_word(record.payload) for origin, record in self._store.of_kind(KEY)}
        own, others = said.pop(self._identity.origin, None), self._others(said)
        word = word_of(ring, own, others)
        needed = still_needed(ring, word, others)
        if needed != ring:
            self._store.keep_key_ring(needed, now)
        if word != own:
            self._store.say(self._identity, KEY, "", word.written(), now)
        return word != own

    def _others(self, said: dict[str, KeyWord | None]) -> list[KeyWord | None]:
        return [said.get(origin) for origin in self._standing.members if origin != self._identity.origin]

    def _spread(self, ring: KeyRing, source: int | None = None) -> None:
        self._given = ring
        for number in self._links.standing:
            if number != source:
                self.welcome(number)

    def _keys_for(self, number: int) -> KeyRing:
        peer, ring = self._links.standing[number].peer, self._store.key_ring()
        is_kept_out = peer.origin in self._standing.removed or any(peer.origin in each.not_for for each in ring[:1])
        return () if peer.profile.only_looks or is_kept_out else ring
