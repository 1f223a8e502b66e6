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

_writers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""By file: held from before BEGIN until after COMMIT or ROLLBACK."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin one after another within the process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        writer = _writers[str(self.settings_dict["NAME"])]
        if not writer.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked")
        self._holds = writer
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        super()._commit()  # when it fails, a rollback follows
        self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        held, self._holds = self._holds, None
        if held is not None:
            held.release()
