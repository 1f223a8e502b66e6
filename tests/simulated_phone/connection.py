"""One TCP connection to a SIP server: client transactions by their branch, requests from the server to a handler."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import Callable

from tests.simulated_phone.sip_text import Message, parse_head

WAIT = 10.0
LARGEST_HEAD = 32 * 1024


class NoAnswer(Exception):
    """The server did not answer, or the connection broke."""


class Connection:
    """Made by :meth:`to`; ``on_request`` is called for every request, in order of arrival."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_request: Callable[[Message], None]
    ) -> None:
        self._reader, self._writer, self._on_request = reader, writer, on_request
        self._answers: dict[str, asyncio.Queue[Message | None]] = {}
        host, port = writer.get_extra_info("sockname")[:2]
        self.host, self.port = str(host), int(port)
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def to(cls, host: str, port: int, on_request: Callable[[Message], None]) -> Connection:
        """Connect."""
        reader, writer = await asyncio.open_connection(host, port, limit=LARGEST_HEAD)
        return cls(reader, writer, on_request)

    @property
    def address(self) -> str:
        """``host:port`` of this end."""
        return f"{self.host}:{self.port}"

    async def close(self) -> None:
        """Close the connection."""
        self._task.cancel()
        self._writer.close()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._writer.wait_closed()

    def send(self, message: Message) -> None:
        """Send a message as it is."""
        self._writer.write(message.encode())

    def begin(self, request: Message) -> str:
        """Send a request with a Via of its own; the branch under which :meth:`answer` gives its responses."""
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        request.headers.insert(0, ("Via", f"SIP/2.0/TCP {self.address};branch={branch}"))
        self._answers[branch] = asyncio.Queue()
        self.send(request)
        return branch

    async def answer(self, branch: str, wait: float = WAIT) -> Message:
        """The next response to a request that was begun."""
        try:
            message = await asyncio.wait_for(self._answers[branch].get(), wait)
        except TimeoutError:
            raise NoAnswer(f"no answer within {wait} s") from None
        if message is None:
            raise NoAnswer("the connection broke")
        return message

    async def ask(self, request: Message) -> Message:
        """Send a request and return its final response."""
        branch = self.begin(request)
        while (answer := await self.answer(branch)).status < 200:
            pass
        del self._answers[branch]
        return answer

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await self._reader.readuntil(b"\r\n\r\n")
                if not head.strip():
                    continue  # a keep-alive
                message = parse_head(head.strip(b"\r\n"))
                length = int(message.first("Content-Length") or 0)
                message.body = (await self._reader.readexactly(length)).decode("utf-8", "replace")
                self._take(message)
        for waiting in self._answers.values():
            waiting.put_nowait(None)

    def _take(self, message: Message) -> None:
        if message.is_request:
            self._on_request(message)
            return
        found = re.search(r"branch=([^;,\s]+)", message.first("Via"))
        waiting = self._answers.get(found.group(1)) if found else None
        if waiting is not None:
            waiting.put_nowait(message)
