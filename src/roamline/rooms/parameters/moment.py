"""One request, one moment: what is in force is read once for it, however many parts of it ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_read: ContextVar[dict[object, Any] | None] = ContextVar("read", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """While the block runs, :func:`once` reads each thing once. Wrap a single request in it, never a loop.

    Within another moment it is that one.
    """
    kept = _read.get()
    token = _read.set({} if kept is None else kept)
    try:
        yield
    finally:
        _read.reset(token)


def once(key: object, read: Callable[[], T]) -> T:
    """What ``read`` gives; within :func:`one_moment` what it gave first for this key."""
    kept = _read.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    return cast("T", kept[key])
