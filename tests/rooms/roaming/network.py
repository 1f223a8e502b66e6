"""This cluster as the first hub of a network, and another cluster whose records have arrived."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster, Record
from roamline.rooms.clusters.service import Plan, Received
from roamline.rooms.clusters.service.learning import _readers
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters.rules import CLUSTER_ID
from roamline.rooms.roaming import keys
from tests.support import factories
from tests.support.factories import NOW

HQ = "h" * 24
LATER = 1 << 62
"""A stamp that is later than any of this cluster's."""


def make() -> None:
    """East, the first hub of a network, and HQ, another hub."""
    factories.set_parameter(CLUSTER_ID, "EAST")
    clusters.take_part(Plan(role="hub", password=Secret("a password for tests only")), Author("tests", "tests"), NOW)
    Cluster.objects.create(origin=HQ, name="HQ", role="hub", is_member=True)
    keys.look_at_key(NOW)


def key() -> bytes:
    """The network's key."""
    found = clusters.network_key()
    assert found is not None
    return found


def say(kind: str, name: str, payload: dict[str, Any] | None, *, stamp: int, now: datetime = NOW) -> None:
    """HQ said something, it has arrived, and is taken up."""
    text = None if payload is None else json.dumps(payload)
    values = {"epoch": 1, "n": stamp, "stamp": stamp, "payload": text, "mark": 0}
    cluster = Cluster.objects.get(origin=HQ)
    Record.objects.update_or_create(cluster=cluster, kind=kind, key=name, defaults=values)
    if kind in _readers:
        _readers[kind](Received(HQ, "HQ", kind, name, payload, stamp), now)


def own(kind: str, name: str) -> dict[str, Any] | None:
    """What this cluster says of a key."""
    found = [each for each in clusters.records(kind, name) if each.origin == clusters.own_origin()]
    return found[0].payload if found else None


def let_effects_happen(now: datetime = NOW) -> None:
    """As the engine does."""
    while ledger.perform_due_effects(now):
        pass
