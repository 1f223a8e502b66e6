"""The database's refusal to change the audit trail, off in tests but where it is what is tested.

Django empties every table after a test with real transactions; the audit trail's triggers refuse exactly that.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_MIGRATION = importlib.import_module("roamline.rooms.ledger.migrations.0002_audit_is_append_only")


def lower() -> None:
    """Let everything be changed."""
    _run(_MIGRATION.POSTGRESQL_BACK if connection.vendor == "postgresql" else _MIGRATION.SQLITE_BACK)


def raise_again() -> None:
    """Refuse again, by the migration's own statements."""
    _run(_MIGRATION.POSTGRESQL if connection.vendor == "postgresql" else _MIGRATION.SQLITE)


@contextmanager
def raised() -> Iterator[None]:
    """The database refuses while the block runs, as it does in service."""
    raise_again()
    try:
        yield
    finally:
        lower()


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
