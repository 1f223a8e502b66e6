"""Whether the database has every migration that this code needs."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_migrated = False


def is_migrated() -> bool:
    """Whether every migration is applied; once it was so for this process, it is not asked again.

    Errors: DatabaseError when the database does not answer.
    """
    global _migrated  # noqa: PLW0603 - a database is not un-migrated under a running process
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def ask_again() -> None:
    """Have the next :func:`is_migrated` look at the database."""
    global _migrated  # noqa: PLW0603 - see above
    _migrated = False
