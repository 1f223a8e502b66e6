"""SQLite's one writer: the threads of a process take turns, and a turn ends however its transaction does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction

from roamline.platform import config, sql
from roamline.platform.sqlite import base

THREADS, WRITES = 8, 25


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: pytest.FixtureRequest) -> Iterator[Path]:
    """A file of its own, with a table, that this thread's default connection leads to."""
    path = tmp_path / "roamline.sqlite3"
    with django_db_blocker.unblock(), Connected(path):  # type: ignore[attr-defined]
        sql.run("CREATE TABLE counted (n integer NOT NULL)")
        sql.run("INSERT INTO counted VALUES (0)")
        yield path


class Connected:
    """This thread's default connection on a file, for a while; it waits that many seconds for others to write."""

    def __init__(self, path: Path, timeout: float = 20) -> None:
        settings = config.database_settings("sqlite", path.parent)
        settings["OPTIONS"] = {**settings["OPTIONS"], "timeout": timeout}
        self._own = base.DatabaseWrapper({**connections.settings[DEFAULT_DB_ALIAS], **settings}, DEFAULT_DB_ALIAS)

    def __enter__(self) -> base.DatabaseWrapper:
        self._usual = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._own
        return self._own

    def __exit__(self, *_error: object) -> None:
        self._own.close()
        connections[DEFAULT_DB_ALIAS] = self._usual


def _count() -> int:
    found = sql.row("SELECT n FROM counted")
    assert found is not None
    return int(found[0])


def test_what_threads_add_in_transactions_is_all_there(file: Path) -> None:
    failures: list[BaseException] = []

    def add() -> None:
        try:
            with Connected(file):
                for _ in range(WRITES):
                    with transaction.atomic():
                        sql.run("UPDATE counted SET n = %s", [_count() + 1])
        except BaseException as failure:  # noqa: BLE001 - shown below
            failures.append(failure)

    threads = [threading.Thread(target=add) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert _count() == THREADS * WRITES


@pytest.mark.parametrize("ends", ["commit", "rollback", "close"])
def test_a_turn_ends_with_its_transaction(file: Path, ends: str) -> None:
    with Connected(file, timeout=0.1) as one:
        one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with Connected(file, timeout=0.1), pytest.raises(OperationalError, match="locked"), transaction.atomic():
            pass
        getattr(one, ends)()
        with Connected(file, timeout=0.1), transaction.atomic():
            sql.run("UPDATE counted SET n = 7")
    assert _count() == 7


def test_a_transaction_that_another_process_keeps_from_beginning_keeps_nobody(file: Path) -> None:
    elsewhere = sqlite3.connect(file, isolation_level=None)
    elsewhere.execute("BEGIN IMMEDIATE")
    with Connected(file, timeout=0.1):
        with pytest.raises(OperationalError), transaction.atomic():
            pass
        elsewhere.execute("COMMIT")
        elsewhere.close()
        with transaction.atomic():
            sql.run("UPDATE counted SET n = 3")
    assert _count() == 3
