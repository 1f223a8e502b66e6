"""Who belongs to the network: what clusters that may admit others say, followed from oneself outwards.

A cluster believes its own word about others, and the word of every hub that belongs to the network. Of several words
about one cluster the newest counts. Nobody but a hub can bring a cluster in, and nobody can invent one.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from roamline.wires.ils.handshake import HUB, SPOKE
from roamline.wires.ils.identity import origin_of
from roamline.wires.ils.records import Record

MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Member:
    """A cluster of the network."""

    origin: str
    public_key: bytes
    role: str
    name: str


def words_of_admission(member: Member) -> str:
    """The payload of the record that brings a cluster in; its key is the cluster's origin."""
    key = base64.b64encode(member.public_key).decode()
    return json.dumps({"key": key, "role": member.role, "name": member.name}, sort_keys=True)


WORDS_OF_REMOVAL = json.dumps({"removed": True})
"""The payload of the record that puts a cluster out, for as long as no newer word lets it in."""
WORDS_OF_LEAVING = json.dumps({"left": True})
"""The payload of the record that says that a cluster left; it may come back."""


def removed(own: Member, found: Mapping[str, Member], records: Iterable[tuple[str, Record]]) -> frozenset[str]:
    """The origins that an authority's newest word puts out; ``found`` are the network's members."""
    authors = {each.origin for each in found.values() if each.role == HUB} | {own.origin}
    newest: dict[str, Record] = {}
    for author, record in records:
        if author in authors and (record.key not in newest or newest[record.key].stamp < record.stamp):
            newest[record.key] = record
    return frozenset(key for key, record in newest.items() if record.payload == WORDS_OF_REMOVAL)


def members(own: Member, records: Iterable[tuple[str, Record]]) -> dict[str, Member]:
    """The network's members by origin, ``own`` among them; ``records`` are (author, record of kind *member*)."""
    listed = sorted(((record.stamp, author, record) for author, record in records), key=lambda each: each[:2])
    found = {own.origin: own}
    for _round in range(len(listed) + 1):
        authors = {each.origin for each in found.values() if each.role == HUB} | {own.origin}
        grown = {own.origin: own}
        for _stamp, author, record in listed:
            if author in authors and record.key != own.origin:
                _take_word(grown, record)
        if grown == found:
            break
        found = grown
    return found


def _take_word(grown: dict[str, Member], record: Record) -> None:
    member = _member(record.key, record.payload)
    if member is not None:
        grown[member.origin] = member
    elif record.payload is not None:
        grown.pop(record.key, None)


@lru_cache(maxsize=10_000)
def _member(key: str, payload: str | None) -> Member | None:
    try:
        fields = json.loads(payload or "{}")
        public_key = base64.b64decode(fields["key"], validate=True)
        role, name = str(fields["role"]), str(fields["name"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    if origin_of(public_key) != key or role not in (HUB, SPOKE):
        return None
    return Member(key, public_key, role, name[:50])
