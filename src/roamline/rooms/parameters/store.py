"""Reading and writing parameter values."""

from __future__ import annotations

from uuid import uuid4

from roamline.platform import sql

_VALUES = "SELECT service, name, value FROM parameters_parametervalue"

_PUT = """
INSERT INTO parameters_parametervalue (uuid, revision, service, name, value) VALUES (%s, 0, %s, %s, %s)
ON CONFLICT (service, name) DO UPDATE SET
  value = excluded.value, revision = parameters_parametervalue.revision + 1
"""

_DROP = "DELETE FROM parameters_parametervalue WHERE service = %s AND name = %s"


def all_values() -> dict[tuple[str, str], str]:
    """Every value that differs from its default, by (service, name); one statement, a few dozen rows at most."""
    return {(service, name): value for service, name, value in sql.rows(_VALUES)}


def put(service: str, name: str, value: str) -> None:
    """Store a value."""
    sql.run(_PUT, [uuid4().hex, service, name, value])


def drop(service: str, name: str) -> None:
    """Back to the default."""
    sql.run(_DROP, [service, name])
