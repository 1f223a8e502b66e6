"""The SQL views that Kamailio reads; they stand in ``views.sql``, one file for both databases.

What every call asks goes round them: on PostgreSQL to functions (``functions.sql``), on SQLite to the tables, and to
one of its own for what few numbers have (``traits.sql``).

With the views in place later migrations fail on both databases (a column that a view uses cannot be altered), so
they are dropped before migrations run and made again after.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
}

_SOURCE = (Path(__file__).parent / "views.sql").read_text(encoding="utf-8")
_STATEMENT = re.compile(r"^CREATE VIEW (?P<name>\w+) AS\n.*?;$", re.DOTALL | re.MULTILINE)
_FUNCTIONS = (Path(__file__).parent / "functions.sql").read_text(encoding="utf-8")
_FUNCTION = re.compile(r"^CREATE FUNCTION (?P<name>\w+)\(.*?^\$\$;$", re.DOTALL | re.MULTILINE)
_TRAITS = (Path(__file__).parent / "traits.sql").read_text(encoding="utf-8")
_TRAIT = re.compile(
    r"^(?:CREATE (?P<kind>TABLE|VIEW|TRIGGER) (?P<name>\w+)|INSERT ).*?;$(?=\n\n|\n?\Z)", re.DOTALL | re.MULTILINE
)


def names() -> list[str]:
    """The views' names, in the order in which they are made."""
    return [found["name"] for found in _STATEMENT.finditer(_SOURCE)]


def create(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make views, functions and traits anew; does nothing while migrations are left: they read the newest tables."""
    connection = connections[using]
    if not _is_migrated(connection):
        return
    with transaction.atomic(using=using):
        drop(using)
        for found in _STATEMENT.finditer(_SOURCE):
            _run(connection, found[0].replace("{now}", NOW[connection.vendor]))
        for found in [*_functions(connection), *_traits(connection)]:
            _run(connection, found[0])


def drop(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove all views, those that read others first, functions and traits."""
    with transaction.atomic(using=using):
        for name in reversed(names()):
            _run(connections[using], f"DROP VIEW IF EXISTS {name}")
        for found in _functions(connections[using]):
            _run(connections[using], f"DROP FUNCTION IF EXISTS {found['name']}")
        for found in reversed(_traits(connections[using])):
            if found["name"]:
                _run(connections[using], f"DROP {found['kind']} IF EXISTS {found['name']}")


def drop_before_migrating(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of ``pre_migrate``."""
    drop(using)


def create_after_migrating(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of ``post_migrate``."""
    create(using)


def _functions(connection: BaseDatabaseWrapper) -> list[re.Match[str]]:
    return list(_FUNCTION.finditer(_FUNCTIONS)) if connection.vendor == "postgresql" else []


def _traits(connection: BaseDatabaseWrapper) -> list[re.Match[str]]:
    return list(_TRAIT.finditer(_TRAITS)) if connection.vendor == "sqlite" else []


def _is_migrated(connection: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
