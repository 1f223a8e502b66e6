"""The populated database, kept once and put back before every round; and the bare driver on it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connections

from roamline.platform.sql import PREPARED_FROM

Execute = Callable[[str, Sequence[Any]], object]


class Copies(Protocol):
    """One database's way of being copied."""

    def keep(self) -> None:
        """Keep the database as it is now."""

    def renew(self) -> None:
        """Put the kept one back; Django's connections are closed."""

    def bare(self) -> Any:
        """A context manager that gives the bare driver's execute; it fetches whatever rows there are."""

    def spelled(self, statement: str) -> str:
        """A statement with the driver's own marks for values."""


def copies_of(database: str, folder: Path, url: str) -> Copies:
    """The copies of a benchmark's database."""
    return SqliteCopies(folder / "roamline.sqlite3") if database == "sqlite" else PostgresqlCopies(url)


class SqliteCopies:
    """A file, copied as a file."""

    def __init__(self, file: Path) -> None:
        self._file, self._kept = file, file.with_suffix(".kept")

    def keep(self) -> None:
        connections.close_all()
        with self._open() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        database.close()
        shutil.copyfile(self._file, self._kept)

    def renew(self) -> None:
        connections.close_all()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)

    @contextmanager
    def bare(self) -> Iterator[Execute]:
        database = self._open()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            database.execute(f"PRAGMA {pragma}").fetchall()
        try:
            yield lambda statement, values: database.execute(statement, values).fetchall()
        finally:
            database.close()

    def spelled(self, statement: str) -> str:
        return statement.replace("%s", "?").replace("%%", "%")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, isolation_level=None)


class PostgresqlCopies:
    """A database, copied as a template by the server."""

    def __init__(self, url: str) -> None:
        self._url, self._name = url, url.rpartition("/")[2]

    def keep(self) -> None:
        connections.close_all()
        self._administer("DROP DATABASE IF EXISTS kept", f'CREATE DATABASE kept TEMPLATE "{self._name}"')

    def renew(self) -> None:
        connections.close_all()
        self._administer(
            f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)', f'CREATE DATABASE "{self._name}" TEMPLATE kept',
            "CHECKPOINT",
        )  # fmt: skip

    @contextmanager
    def bare(self) -> Iterator[Execute]:
        with (
            psycopg.connect(self._url, autocommit=True, prepare_threshold=PREPARED_FROM) as database,
            database.cursor() as cursor,
        ):

            def execute(statement: str, values: Sequence[Any]) -> object:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else None

            yield execute

    def spelled(self, statement: str) -> str:
        return statement

    def _administer(self, *statements: str) -> None:
        with psycopg.connect(self._url.rpartition("/")[0] + "/template1", autocommit=True) as database:
            for statement in statements:
                database.execute(statement)
