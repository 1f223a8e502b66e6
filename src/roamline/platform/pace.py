"""The pace of bulk work: how much in one transaction, and the pause after it.

SQLite has one writer and does not queue those who wait for it: they look again after 1 to 100 ms. Without a pause a
bulk job would get the next turn each time, and log-ins would starve. PostgreSQL needs none.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from roamline.platform import sql

ROWS_AT_ONCE = 500
ROWS_AT_ONCE_ON_SQLITE = 100
PAUSE_SECONDS = 0.03

T = TypeVar("T")


def portions(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows in portions for one short transaction each, with a pause after each where the database needs it."""
    size = ROWS_AT_ONCE if sql.is_postgresql() else ROWS_AT_ONCE_ON_SQLITE
    left = iter(rows)
    while portion := list(islice(left, size)):
        yield portion
        if not sql.is_postgresql():
            time.sleep(PAUSE_SECONDS)


def groups(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows in groups for reading only."""
    left = iter(rows)
    while group := list(islice(left, ROWS_AT_ONCE)):
        yield group
