"""Phones' files over HTTP (6970): an RSGI application (the asynchronous protocol of the granian server).

Two things decide its shape. A thousand phones restart when their shift begins, and each is out of service until it has
its file: on SQLite, which answers in microseconds, a file that has not changed is therefore served without handing the
request to another thread; everything else is looked up in a pool of threads. And firmware of 60 MB goes to slow phones
for minutes: a transfer waits for its client without holding a thread, so that it never keeps a log-in waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from roamline.doors.provisioning import networks
from roamline.doors.provisioning.answering import Answer, Found, Refusal, answer, is_stopped, quick_answer
from roamline.doors.provisioning.freshness import Reader, quick_reader
from roamline.platform import metrics
from roamline.platform.logs import write_line

Headers = list[tuple[str, str]]
OtherPage = Callable[[str, str], tuple[int, str, bytes]]
"""From path and source address to status, content type and body."""

LOOK_UPS_AT_ONCE = 4
CHUNK = 256 * 1024
LONGEST_PAUSE = 60.0
"""Seconds that a client may take for one chunk."""
LONGEST_LOGGED_NAME = 200
LOOK_EVERY_SECONDS = 1.0

_STATUS = {Refusal.NOT_FOUND: 404, Refusal.FORBIDDEN: 403, Refusal.BAD_NAME: 404, Refusal.UNAVAILABLE: 503}
_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json"}
_PLAIN = "text/plain; charset=utf-8"


class FilesApplication:
    """The RSGI application; ``others`` are the paths that are no files (health, metrics)."""

    def __init__(self, others: dict[str, OtherPage]) -> None:
        self._others = others
        self._pool = ThreadPoolExecutor(LOOK_UPS_AT_ONCE, "files")
        self._reader: Reader | None = None
        self._stopped, self._look_again = False, 0.0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called once in the worker, before its first request."""
        self._reader = self._pool.submit(quick_reader).result()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        began = time.perf_counter()
        source = networks.plain(scope.client.rpartition(":")[0].strip("[]"))
        if scope.path in self._others:
            status, kind, body = await self._in_thread(self._others[scope.path], scope.path, source)
            protocol.response_bytes(status, _headers(kind, len(body)), body)
            return
        status = await self._serve(scope.method, scope.path[1:], source, protocol)
        _note(scope.method, scope.path[1:], source, status, time.perf_counter() - began)

    async def _serve(self, method: str, name: str, source: str, protocol: Any) -> int:
        if method not in ("GET", "HEAD"):
            return _say(protocol, 405, [("Allow", "GET, HEAD")])
        found = await self._find(name, source)
        if isinstance(found, Refusal):
            status = _STATUS[found]
            return _say(protocol, status, [("Retry-After", "5")] if status == 503 else [])
        headers = _headers(_type_of(name), len(found.content), found.is_secret)
        if method == "HEAD":
            protocol.response_empty(200, headers)
        elif isinstance(found.content, bytes):
            protocol.response_bytes(200, headers, found.content)
        else:
            await _stream(protocol.response_stream(200, headers), found)
        return 200

    async def _find(self, name: str, source: str) -> Answer:
        now = datetime.now(UTC)
        if networks.may_fetch(source) and await self._is_stopped():
            return Refusal.UNAVAILABLE
        if self._reader is not None:
            kept = quick_answer(name, source, self._reader)
            if kept is not None:
                return kept
        found: Answer = await self._in_thread(answer, name, source, now)
        return found

    async def _is_stopped(self) -> bool:
        """Whether Cisco Tftp is stopped on this node (EM-1): looked at once a second, however many fetch."""
        if time.monotonic() >= self._look_again:
            self._look_again = time.monotonic() + LOOK_EVERY_SECONDS
            self._stopped = await self._in_thread(is_stopped)
        return self._stopped

    async def _in_thread(self, function: Callable[..., Any], *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *values)


async def _stream(transport: Any, found: Found) -> None:
    for start in range(0, len(found.content), CHUNK):
        async with asyncio.timeout(LONGEST_PAUSE):
            await transport.send_bytes(found.content[start : start + CHUNK])


def _say(protocol: Any, status: int, more: Headers) -> int:
    body = f"{status}\n".encode()
    protocol.response_bytes(status, [*_headers(_PLAIN, len(body)), *more], body)
    return status


def _type_of(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _headers(kind: str, length: int, is_secret: bool = False) -> Headers:
    return [
        ("Content-Type", kind),
        ("Content-Length", str(length)),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store" if is_secret else "no-cache"),
    ]


def _note(method: str, name: str, source: str, status: int, seconds: float) -> None:
    """One log line and one count per fetch, as for every other request: here a restarting phone is seen to come."""
    metrics.count_request(method, status, seconds)
    write_line(
        "roamline.requests",
        "file fetched",
        protocol="http",
        file=name[:LONGEST_LOGGED_NAME],
        source=source,
        status=status,
        ms=round(seconds * 1000, 1),
    )
