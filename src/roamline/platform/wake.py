"""Wake-ups: after a commit, tell every process on this node that waits for work that there may be some.

A process that wants wake-ups binds a unix datagram socket ``<run>/wake/<name>-<pid>.sock``; :func:`all` sends one byte
to each. A wake-up carries nothing and may get lost: every receiver polls besides. Other nodes are told by the
database (``NOTIFY roamline_wake`` on PostgreSQL), whose engine passes it on to its own node.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

CHANNEL = "roamline_wake"


def folder() -> Path:
    """The folder of this node's wake-up sockets."""
    return _within(settings.CONFIG.run_dir)


@cache
def _within(run: Path) -> Path:
    return run / "wake"


def all() -> None:  # noqa: A001 - read as wake.all()
    """Wake every waiting process of this node, and the other nodes' engines on PostgreSQL.

    Never blocks and never fails: a full or dead socket is passed over. Call it after the commit
    (``transaction.on_commit(wake.all)``).
    """
    node()
    if connection.vendor == "postgresql":
        # The commit has happened: a database that is gone now must not look like its failure.
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def node() -> None:
    """Wake every waiting process of this node only."""
    where = folder()
    try:
        names = [name for name in os.listdir(where) if name.endswith(".sock")]  # noqa: PTH208 - once per commit
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for name in names:
            _wake(sender, where / name)


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """The socket's address by way of its folder's descriptor: a socket's own path may have 107 bytes only."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def _wake(sender: socket.socket, path: Path) -> None:
    try:
        with _address(path) as address:
            sender.sendto(b"!", address)
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)  # its process is dead: nobody will ever read it
    except OSError:
        pass  # full (it is awake anyway), or gone meanwhile


class Listener:
    """A bound wake-up socket; ``await wait(seconds)`` returns when woken, or when the time is up."""

    def __init__(self, name: str) -> None:
        folder().mkdir(parents=True, exist_ok=True)
        self._path = folder() / f"{name}-{os.getpid()}.sock"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _address(self._path) as address:
            self._socket.bind(address)

    async def wait(self, seconds: float) -> bool:
        """Wait at most ``seconds``; True when a wake-up came. Wake-ups that piled up count as one."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_recv(self._socket, 1)
        except TimeoutError:
            return False
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(1):
                pass
        return True

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
