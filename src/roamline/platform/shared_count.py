"""A count that all processes of a node share: eight bytes in a file below the run folder, changed under a lock.

It grows for as long as the run folder exists; whoever reads it looks at how much it grew.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

_FORMAT = "<Q"
_BYTES = struct.calcsize(_FORMAT)


class SharedCount:
    """One count; the file is created on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add_one(self) -> None:
        """Count one more."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.pwrite(descriptor, struct.pack(_FORMAT, _read(descriptor) + 1), 0)
        finally:
            os.close(descriptor)

    def value(self) -> int:
        """The count now, over all processes."""
        descriptor = self._open()
        try:
            return _read(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _read(descriptor: int) -> int:
    raw = os.pread(descriptor, _BYTES, 0)
    return int(struct.unpack(_FORMAT, raw)[0]) if len(raw) == _BYTES else 0
