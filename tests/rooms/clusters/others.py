"""Other clusters for tests: what they say is put in as the machine puts it in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from roamline.kernel.hybrid_clock import stamp_at
from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service, store
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.ledger.changes import Author
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.records import Chunk, Position, Record, Stream, seal
from tests.support import factories

AUTHOR = Author("tests", "tests")


class Other:
    """A cluster elsewhere, a member of the network."""

    def __init__(self, name: str, seed: int) -> None:
        self.identity = Identity(bytes([seed]) * 32)
        self._next: dict[str, int] = {}
        store.cluster_id(self.identity.origin)
        Cluster.objects.filter(origin=self.identity.origin).update(
            name=name, role="hub", is_member=True, host=f"{name.lower()}.example", sip_port=5060, sip_tls_port=5061
        )

    def says(self, kind: str, said: dict[str, dict[str, Any] | None], now: datetime, limit: int = 1_000_000) -> None:
        """Have records arrive here, and taken up."""
        first = self._next.get(kind, 1)
        self._next[kind] = first + len(said)
        records = tuple(
            Record(n, stamp_at(now) + n, key, None if payload is None else json.dumps(payload))
            for n, (key, payload) in enumerate(said.items(), first)
        )
        chunk = Chunk(seal(self.identity, kind, 1, records), records)
        position = store.DatabaseStore(limit).keep(Stream(self.identity.origin, kind), [chunk], now)
        assert position == Position(1, first + len(said) - 1)
        while service.take_up(now):
            pass


def join_network(now: datetime) -> None:
    """Make this cluster, HQ, the first hub of a network."""
    from roamline.rooms.parameters.rules import CLUSTER_ID

    factories.set_parameter(CLUSTER_ID, "HQ")
    service.take_part(service.Plan("hub", password=Secret("a shared password")), AUTHOR, now)
