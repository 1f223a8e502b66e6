"""The database backend: ``ENGINE = "roamline.platform.sqlite"``.

SQLite has one writer. Who finds it busy sleeps and tries again, for up to 20 seconds, in no order: with many threads
that costs processor time and lets some wait much longer than others. So the threads of a process wait here for each
other, in the order in which they came, and only processes meet at SQLite.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

SECONDS = 5.0
"""How long SQLite waits for others where the settings do not say."""

_writers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""By file: held from before BEGIN until after COMMIT or ROLLBACK."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin one after another within the process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds: threading.Lock | None = None

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """As Django's; where it begins a transaction, after those that the process has open on the same file."""
        begins = force_begin_transaction_with_broken_autocommit and not autocommit
        if begins:
            self._wait_for_turn()
        try:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        except BaseException:
            if begins:
                self._let_go()
            raise

    def commit(self) -> None:
        """As Django's; when it fails, a rollback follows."""
        super().commit()
        self._let_go()

    def rollback(self) -> None:
        """As Django's."""
        try:
            super().rollback()
        finally:
            self._let_go()

    def close(self) -> None:
        """As Django's."""
        try:
            super().close()
        finally:
            self._let_go()

    def _wait_for_turn(self) -> None:
        writer = _writers[str(self.settings_dict["NAME"])]
        if not writer.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", SECONDS)):
            raise OperationalError("database is locked")
        self._holds = writer

    def _let_go(self) -> None:
        held, self._holds = self._holds, None
        if held is not None:
            held.release()
