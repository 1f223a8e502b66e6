"""The keys of the network: one is the newest, older ones are held until every cluster has and uses the newest.

A key comes into being at one cluster and is given on over links, with a stamp by which all agree which is the newest.
Each cluster says in a record which one it has taken over (and has sealed everything anew with), and which one it
proves itself with in calls. The second waits until everybody has the newest, and the old ones are dropped once
everybody uses it: so at every moment any two clusters have what they need in common, whatever is cut or down (RO-11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

KEY = "key"
"""The kind of the records by which clusters say which key they have; there is one, of the empty key."""
KEY_BYTES = 32
MOST_KEYS = 16
MOST_EXCLUDED = 1000


@dataclass(frozen=True, slots=True)
class NetworkKey:
    """A key; ``made``: when, as a stamp (0: before keys had one); ``not_for``: whom it was made to keep out."""

    made: int
    secret: bytes = field(repr=False)
    not_for: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What stands for the key in what it sealed, and in records; says nothing about the key."""
        return hashlib.sha256(b"roamline/network key id" + self.secret).hexdigest()[:12]


KeyRing = tuple[NetworkKey, ...]
"""The keys that a cluster holds, newest first; empty before it has been given any."""


@dataclass(frozen=True, slots=True)
class KeyWord:
    """What a cluster says: the newest key that it has, and the one that it uses, by name."""

    has: str
    uses: str

    def written(self) -> str:
        """The payload of its record."""
        return json.dumps({"has": self.has, "uses": self.uses}, sort_keys=True, separators=(",", ":"))


def key_word(payload: str | None) -> KeyWord | None:
    """What a record says; None for nothing that is understood."""
    try:
        fields = json.loads(payload or "null")
        return KeyWord(str(fields["has"])[:12], str(fields["uses"])[:12])
    except (ValueError, KeyError, TypeError):
        return None


def ordered(keys: Iterable[NetworkKey]) -> KeyRing:
    """Keys newest first; of two made at the same stamp all clusters choose the same."""
    return tuple(sorted(set(keys), key=lambda each: (each.made, each.secret), reverse=True))


def merged(own: KeyRing, theirs: KeyRing) -> KeyRing:
    """What a cluster holds after it was given keys: those that are newer than all of its own come in addition.

    Older ones do not come back: they were dropped, or everything they sealed is being sealed anew with the newest.
    """
    if not own:
        return ordered(theirs)[:MOST_KEYS]
    newer = [each for each in theirs if (each.made, each.secret) > (own[0].made, own[0].secret)]
    return ordered([*newer, *own])[:MOST_KEYS]


def word_of(ring: KeyRing, own: KeyWord | None, others: Iterable[KeyWord | None]) -> KeyWord:
    """What a cluster with these keys is to say, by what it said last and what every other member says now."""
    newest, names = ring[0].name, {each.name for each in ring}
    if all(each is not None and each.has == newest for each in others):
        return KeyWord(newest, newest)
    return KeyWord(newest, own.uses if own is not None and own.uses in names else ring[-1].name)


def still_needed(ring: KeyRing, own: KeyWord, others: Iterable[KeyWord | None]) -> KeyRing:
    """The keys that are to be held on: the newest alone, once every member uses it."""
    done = KeyWord(ring[0].name, ring[0].name)
    return ring[:1] if all(each == done for each in (own, *others)) else ring
