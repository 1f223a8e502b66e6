"""TLS connections for the machine: each is a number to it; what it puts out is written, in order."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

READ_BYTES = 262_144
MOST_UNWRITTEN = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
MOST_LINES = 2000

Opened = Callable[[int, bytes, bool], Awaitable[None]]
Came = Callable[[int, bytes], Awaitable[None]]
Closed = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class _Line:
    writer: asyncio.StreamWriter
    waiting: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    unwritten: int = 0
    address: str = ""


class Lines:
    """All connections of one session; ``opened``, ``came`` and ``closed`` tell the machine."""

    def __init__(self, binding: bytes, opened: Opened, came: Came, closed: Closed) -> None:
        self._binding, self._opened, self._came, self._closed = binding, opened, came, closed
        self._lines: dict[int, _Line] = {}
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.calling: set[str] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection came in."""
        if len(self._lines) >= MOST_LINES:
            writer.transport.abort()
            return
        await self._follow(reader, writer, self._binding, "")

    def call(self, address: str, context: ssl.SSLContext) -> None:
        """Connect to ``host:port``, unless that is being done."""
        if address not in self.calling:
            self.calling.add(address)
            self._start(self._call(address, context))

    def send(self, link: int, content: bytes) -> None:
        """Write bytes after what is waiting; a line on which too much waits is cut."""
        line = self._lines.get(link)
        if line is None:
            return
        line.unwritten += len(content)
        if line.unwritten > MOST_UNWRITTEN:
            line.writer.transport.abort()
        else:
            line.waiting.put_nowait(content)

    def close(self, link: int) -> None:
        """Close once what waits is written."""
        line = self._lines.get(link)
        if line is not None:
            line.waiting.put_nowait(None)

    async def end(self) -> None:
        """Cut everything."""
        for line in self._lines.values():
            line.writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Awaitable[None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, address: str, context: ssl.SSLContext) -> None:
        host, _, port = address.rpartition(":")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(host.strip("[]"), int(port), ssl=context)
            certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
            await self._follow(reader, writer, hashlib.sha256(certificate).digest(), address)
        except (OSError, ValueError) as error:
            log.info("cluster not reached", address=address, error=type(error).__name__)
        finally:
            self.calling.discard(address)

    async def _follow(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, binding: bytes, address: str
    ) -> None:
        link = next(self._numbers)
        line = self._lines[link] = _Line(writer, address=address)
        writing = asyncio.create_task(self._write(line))
        try:
            await self._opened(link, binding, bool(address))
            while content := await reader.read(READ_BYTES):
                await self._came(link, content)
        except (OSError, ssl.SSLError):
            pass  # how it ended is of no interest: the machine is told that it did
        finally:
            writing.cancel()
            del self._lines[link]
            writer.transport.abort()
            await self._closed(link)

    async def _write(self, line: _Line) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while (content := await line.waiting.get()) is not None:
                line.writer.write(content)
                await line.writer.drain()
                line.unwritten -= len(content)
        line.writer.close()
