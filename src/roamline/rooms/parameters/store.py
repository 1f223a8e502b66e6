"""Reading and writing parameter values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from roamline.platform import sql
from roamline.rooms.parameters.moment import once

_VALUES = """
SELECT service, name, value FROM parameters_parametervalue WHERE node IN ('', %s)
UNION ALL SELECT service, NULL, NULL FROM parameters_servicestate WHERE node = %s AND NOT (activated AND started)
"""

_PUT = """
INSERT INTO parameters_parametervalue (uuid, revision, service, name, node, value) VALUES (%s, 0, %s, %s, %s, %s)
ON CONFLICT (service, name, node) DO UPDATE SET
  value = excluded.value, revision = parameters_parametervalue.revision + 1
"""

_DROP = "DELETE FROM parameters_parametervalue WHERE service = %s AND name = %s AND node = %s"


@dataclass(frozen=True, slots=True)
class OnNode:
    """What holds on a node: the values that are not the default, by (service, name), and the services that are off."""

    values: dict[tuple[str, str], str]
    stopped: frozenset[str]


def on_node(node: str) -> OnNode:
    """What holds on a node now; one statement, a few dozen rows, once per moment."""
    return once(("on node", node), lambda: _on_node(node))


def _on_node(node: str) -> OnNode:
    found = sql.rows(_VALUES, [node, node])
    values = {(service, name): value for service, name, value in found if name is not None}
    return OnNode(values, frozenset(service for service, name, _value in found if name is None))


def put(service: str, name: str, node: str, value: str) -> None:
    """Store a value."""
    sql.run(_PUT, [uuid4().hex, service, name, node, value])


def drop(service: str, name: str, node: str) -> None:
    """Back to the default."""
    sql.run(_DROP, [service, name, node])
