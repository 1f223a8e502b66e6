"""How many operations one node works on at the same time, counted over all its processes.

A slot is a locked byte of one file. Locks belong to the open file (``F_OFD_SETLK``), so two threads of a process
exclude each other as two processes do, and the kernel gives a slot back when its holder dies.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FLOCK = "hhqqi4x"


class Slots:
    """Slots of one kind on this node; the file is created on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def enter(self, limit: int) -> Iterator[bool]:
        """Hold one of ``limit`` slots while the block runs; gives False, at once, when all are taken."""
        descriptor = self._open()
        try:
            yield self._take(descriptor, limit)
        finally:
            os.close(descriptor)

    def in_use(self, limit: int) -> int:
        """How many of the first ``limit`` slots are taken now, over all processes."""
        descriptor = self._open()
        try:
            return sum(1 for slot in range(limit) if _is_locked(descriptor, slot))
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @staticmethod
    def _take(descriptor: int, limit: int) -> bool:
        first = random.randrange(limit)  # noqa: S311 - spreads the search, keeps no secret
        return any(_lock(descriptor, (first + step) % limit) for step in range(limit))


def _lock(descriptor: int, slot: int) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, slot, 1, 0))
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _is_locked(descriptor: int, slot: int) -> bool:
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, slot, 1, 0)
    answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, asked)
    return bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)
