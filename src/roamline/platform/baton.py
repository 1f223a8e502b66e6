"""The baton: on SQLite, the requests of a process go on one after another instead of all at once.

Python runs one thread at a time anyway, and SQLite lets it go for each statement: among many requests each statement
ends in another thread, which costs a log-in more than its own statements do. So a request carries the baton while it
works and lays it down where it waits. It is a courtesy and no lock: who has waited for PATIENCE goes on without it,
and so a request that takes long holds nobody up. On PostgreSQL requests wait for the database most of their time, and
there is no baton.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

PATIENCE = 0.02
"""Seconds."""

_baton = Lock()


class _Mine(local):
    carried = False


_mine = _Mine()


@contextmanager
def carried() -> Iterator[None]:
    """Carry the baton while the block runs, or go without it when it does not come."""
    _take()
    try:
        yield
    finally:
        _give()


@contextmanager
def laid_down() -> Iterator[None]:
    """Let others have it while the block waits; then wait for it again. Nothing for who does not carry it."""
    if not _mine.carried:
        yield
        return
    _give()
    try:
        yield
    finally:
        _take()


def _take() -> None:
    _mine.carried = _baton.acquire(timeout=PATIENCE)


def _give() -> None:
    if _mine.carried:
        _mine.carried = False
        _baton.release()
