"""Reading and writing parameter values."""

from __future__ import annotations

from uuid import uuid4

from roamline.platform import sql

_VALUES = "SELECT service, name, value FROM parameters_parametervalue WHERE node IN ('', %s)"

_PUT = """
INSERT INTO parameters_parametervalue (uuid, revision, service, name, node, value) VALUES (%s, 0, %s, %s, %s, %s)
ON CONFLICT (service, name, node) DO UPDATE SET
  value = excluded.value, revision = parameters_parametervalue.revision + 1
"""

_DROP = "DELETE FROM parameters_parametervalue WHERE service = %s AND name = %s AND node = %s"


def all_values(node: str) -> dict[tuple[str, str], str]:
    """Every value that differs from its default on a node, by (service, name); one statement, a few dozen rows."""
    return {(service, name): value for service, name, value in sql.rows(_VALUES, [node])}


def put(service: str, name: str, node: str, value: str) -> None:
    """Store a value."""
    sql.run(_PUT, [uuid4().hex, service, name, node, value])


def drop(service: str, name: str, node: str) -> None:
    """Back to the default."""
    sql.run(_DROP, [service, name, node])
