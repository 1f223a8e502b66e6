"""Asking: where a user is, who lists them, which clusters there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from roamline.platform import sql
from roamline.rooms.clusters import models, sealing
from roamline.rooms.clusters.rules import LOGIN, LogIn, Received, log_in_said, newest

_CLUSTERS = """
SELECT origin, name, role, host, sip_port, sip_tls_port, route_string, is_own, is_linked, last_heard, is_cut
FROM clusters_cluster WHERE is_member ORDER BY name, origin
"""
_RECORDS = """
SELECT c.origin, c.name, r.key, r.stamp, r.payload
FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
WHERE r.kind = %s AND c.is_member AND r.payload IS NOT NULL
"""
_OF_KEY, _ALL = f"{_RECORDS} AND r.key = %s ORDER BY r.stamp", f"{_RECORDS} ORDER BY r.id"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the network. ``state``: *own*, *reachable* or *unreachable*; ``link``: *linked*, *cut* or empty."""

    origin: str
    name: str
    role: str
    host: str
    sip_port: int
    sip_tls_port: int
    route_string: str
    is_own: bool
    state: str
    last_heard: datetime | None
    link: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the link is cut here."""
        return self.link == "cut"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The newest log-in of a user in all clusters; ``ended``: they are logged in nowhere, the number is home."""

    user_id: str
    place: Cluster
    since: int
    ended: bool
    device: str
    is_here: bool


def clusters() -> list[Cluster]:
    """The network's clusters, this one too, by name."""
    rows = sql.rows(_CLUSTERS)
    is_linked = any(row[8] for row in rows)
    is_spoke = any(row[7] and row[2] == models.Network.SPOKE for row in rows)
    return [_cluster(row, is_linked=is_linked, is_spoke=is_spoke) for row in rows]


def own() -> Cluster | None:
    """This cluster, once it has been in a network."""
    return next((each for each in clusters() if each.is_own), None)


def named(name: str) -> Cluster | None:
    """The cluster with that Cluster ID."""
    return next((each for each in clusters() if each.name == name), None)


def by_origin(origin: str) -> Cluster | None:
    """The cluster with that origin."""
    return next((each for each in clusters() if each.origin == origin), None)


def newest_log_in(user_id: str) -> LogIn | None:
    """The log-in that counts, from what all member clusters say."""
    said = (log_in_said(origin, stamp, payload) for origin, _, _, stamp, payload in sql.rows(_OF_KEY, [LOGIN, user_id]))
    return newest(each for each in said if each is not None)


def where_is(user_id: str) -> Whereabouts | None:
    """Where a user is, of all clusters; None when they never logged in in a network, or the place is unknown."""
    found = newest_log_in(user_id)
    place = by_origin(found.origin) if found is not None else None
    if found is None or place is None:
        return None
    return Whereabouts(user_id, place, found.since, found.ended, found.device, place.is_own)


def homes_of(user_id: str) -> list[Cluster]:
    """The clusters that list the user as theirs."""
    found = {row[0] for row in sql.rows(_OF_KEY, ["user", user_id])}
    return [each for each in clusters() if each.origin in found]


def records(kind: str, key: str) -> list[Received]:
    """What every member says of a key, this cluster too, oldest first; what is gone is left out."""
    return [_received(kind, row) for row in sql.rows(_OF_KEY, [kind, key])]


def records_of_kind(kind: str) -> Iterator[Received]:
    """Everything that members say of a small kind, this cluster too."""
    for row in sql.rows(_ALL, [kind]):
        yield _received(kind, row)


def is_number_elsewhere(number: str) -> bool:
    """Whether calls to a number are sent to another cluster, as its home or where its user is now (RO-40)."""
    elsewhere = {"cluster__is_member": True, "cluster__is_own": False}
    if models.Place.objects.filter(number=number, **elsewhere).exists():
        return True
    said = models.Record.objects.filter(kind="number", key=number, payload__isnull=False, used=True)
    return said.filter(**elsewhere).exists()


def is_running() -> bool:
    """Whether some node of this cluster speaks ILS now, and at least one peer is linked (RO-20)."""
    # A node that was killed could not write down that its links are gone; its lease has ended soon.
    is_silent = models.Speaker.objects.filter(until__lte=datetime.now(UTC)).exists()
    return not is_silent and models.Cluster.objects.filter(is_linked=True).exists()


def own_origin() -> str:
    """This cluster's origin, in a network or not: the fingerprint that others trust it by."""
    return sealing.identity().origin


def _cluster(row: tuple[Any, ...], *, is_linked: bool, is_spoke: bool) -> Cluster:
    origin, name, role, host, port, tls_port, route_string, is_own, is_linked_itself, last_heard, is_cut = row
    is_relayed = is_linked and not is_cut and (is_spoke or role != models.Network.HUB)
    link = "cut" if is_cut else "linked" if is_linked_itself else ""
    state = "own" if is_own else "reachable" if is_linked_itself or is_relayed else "unreachable"
    heard = sql.time_of(last_heard)
    return Cluster(origin, name, role, host, port, tls_port, route_string, bool(is_own), state, heard, link)


def _received(kind: str, row: tuple[Any, ...]) -> Received:
    origin, name, key, stamp, payload = row
    try:
        fields = json.loads(payload)
    except ValueError:
        fields = {}
    return Received(origin, name, kind, key, fields if isinstance(fields, dict) else {}, int(stamp))
