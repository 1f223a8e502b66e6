"""The TFTP server, one asyncio task of the engine: every transfer has a socket of its own (RFC 1350).

The server's socket takes first datagrams only. What is asked for is looked up in a small pool of threads, because that
asks the database; the rest of a transfer is the sans-IO machine of ``roamline.wires.tftp`` on a fresh port. Nothing
here raises for what a client sends.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from roamline.doors.provisioning import networks
from roamline.doors.provisioning.answering import Answer, Found, Refusal, answer
from roamline.doors.provisioning.tftp_transfer import Transfer
from roamline.platform.logs import write_line
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import TFTP_SERVICE
from roamline.wires.tftp import (
    ACCESS_VIOLATION,
    BUSY,
    FILE_NOT_FOUND,
    ErrorPacket,
    ReadRequest,
    TftpLimits,
    encode_packet,
    receive_request,
)

log = structlog.get_logger(__name__)

Address = tuple[Any, ...]

LARGEST_DATAGRAM = 1024
DATAGRAMS_AT_ONCE = 64
WAITING_BYTES = 1024 * 1024
LOOK_UPS_AT_ONCE = 4
LOOK_EVERY_SECONDS = 1.0
_IP_PKTINFO = 8  # Linux; the socket module names it from Python 3.12 on only

_ERRORS = {
    Refusal.NOT_FOUND: FILE_NOT_FOUND,
    Refusal.FORBIDDEN: ACCESS_VIOLATION,
    Refusal.BAD_NAME: ACCESS_VIOLATION,
    Refusal.UNAVAILABLE: BUSY,
}


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """How much is done at once; one more is told "busy, please try again"."""

    transfers: int = 200
    transfers_per_source: int = 20
    transfer: TftpLimits = field(default_factory=TftpLimits)


async def serve() -> None:
    """Serve files on ``phones.tftp_port`` for as long as the task lives, and while Cisco Tftp runs here (EM-1)."""
    with ThreadPoolExecutor(LOOK_UPS_AT_ONCE, "tftp") as pool:
        server = TftpServer(pool)
        try:
            await _follow_activation(server, pool)
        finally:
            server.close()


async def _follow_activation(server: TftpServer, pool: ThreadPoolExecutor) -> None:
    loop = asyncio.get_running_loop()
    state: _State | None = None
    while True:
        seen = await loop.run_in_executor(pool, _state, state)
        if seen != state:
            server.close()
            if seen.is_running:
                server.open(str(settings.CONFIG["phones.bind"]).strip("[]"), int(settings.CONFIG["phones.tftp_port"]))
            state = seen
        await asyncio.sleep(LOOK_EVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class _State:
    """Whether Cisco Tftp runs on this node, and since when: it is restarted by another time."""

    is_running: bool
    since: datetime | None


def _state(before: _State | None) -> _State:
    """The state now; while the database does not answer the one before, at the beginning running."""
    try:
        return _State(activation.is_running(TFTP_SERVICE), activation.since(TFTP_SERVICE))
    except DatabaseError:
        close_old_connections()
        return before or _State(is_running=True, since=None)


class TftpServer:
    """One listening socket and its transfers."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        limits: ServerLimits | None = None,
        look_up: Callable[[str, str, datetime], Answer] = answer,
    ) -> None:
        self._pool, self._limits, self._look_up = pool, limits or ServerLimits(), look_up
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._asked: set[Address] = set()
        self._per_source: Counter[str] = Counter()
        self._transfers: set[Transfer] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def transfers_under_way(self) -> int:
        """How many clients are being served, from their request to the end of their transfer."""
        return self._per_source.total()

    def open(self, host: str, port: int) -> int:
        """Listen; the port, which the system chooses for 0. OSError when it cannot."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listening.setblocking(False)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING_BYTES)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                listening.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            listening.bind((host, port))
        except OSError:
            listening.close()
            raise
        self._socket = listening
        self._loop.add_reader(listening, self._receive, listening)
        return int(listening.getsockname()[1])

    def close(self) -> None:
        """Stop listening and give up what is under way."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        for task in self._tasks:
            task.cancel()
        for transfer in list(self._transfers):
            transfer.give_up()

    def _receive(self, listening: socket.socket) -> None:
        for _ in range(DATAGRAMS_AT_ONCE):
            try:
                datagram, ancillary, _flags, client = listening.recvmsg(LARGEST_DATAGRAM, 64)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                log.warning("tftp socket", error=error.strerror)
                return
            self._take(datagram, client, _local_address(ancillary))

    def _take(self, datagram: bytes, client: Address, local: str | None) -> None:
        request = receive_request(datagram)
        if isinstance(request, ErrorPacket):
            self._refuse(client, request)
        elif request is not None and client not in self._asked:  # else a repetition, which is being looked up
            self._begin(request, client, local)

    def _begin(self, request: ReadRequest, client: Address, local: str | None) -> None:
        source = networks.plain(str(client[0]))
        if not networks.may_fetch(source):
            self._refuse(client, ACCESS_VIOLATION)
            _note(request.file_name, source, Refusal.FORBIDDEN)
            return
        if (
            self.transfers_under_way >= self._limits.transfers
            or self._per_source[source] >= self._limits.transfers_per_source
        ):
            self._refuse(client, BUSY)
            return
        self._per_source[source] += 1
        self._asked.add(client)
        task = self._loop.create_task(self._answer(request, client, source, local))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: ReadRequest, client: Address, source: str, local: str | None) -> None:
        began = self._loop.time()
        transfer = None
        try:
            found = await self._loop.run_in_executor(self._pool, self._find, request.file_name, source)
            self._asked.discard(client)  # from here on the same port may ask for the next file
            if isinstance(found, Found):
                transfer = self._start(request, found, client, local)
                await transfer.over
                _note(request.file_name, source, transfer.outcome, self._loop.time() - began)
            else:
                self._refuse(client, _ERRORS[found])
                _note(request.file_name, source, found)
        except OSError as error:
            log.warning("tftp transfer", file=request.file_name, source=source, error=error.strerror)
        finally:
            if transfer is not None:
                self._transfers.discard(transfer)
            self._asked.discard(client)
            self._per_source[source] -= 1
            if not self._per_source[source]:
                del self._per_source[source]

    def _start(self, request: ReadRequest, found: Found, client: Address, local: str | None) -> Transfer:
        assert self._socket is not None  # noqa: S101 - a closed server has cancelled its tasks
        # A mapped file is read like bytes: by slices of them, and its length.
        transfer = Transfer(
            self._loop, request, cast("bytes", found.content), client, self._limits.transfer, self._socket.family, local
        )
        self._transfers.add(transfer)
        transfer.start()
        return transfer

    def _find(self, name: str, source: str) -> Answer:
        """In a thread of the pool: each keeps its own database connection."""
        try:
            return self._look_up(name, source, datetime.now(UTC))
        except DatabaseError:
            close_old_connections()
            log.exception("a file could not be looked up", file=name)
            return Refusal.UNAVAILABLE

    def _refuse(self, client: Address, error: ErrorPacket) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto(encode_packet(error), client)


def _local_address(ancillary: list[tuple[int, int, bytes]]) -> str | None:
    """The address of ours that the client wrote to: answers must come from it."""
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO and len(data) >= 12:
            _index, _own, asked = struct.unpack("=i4s4s", data[:12])
            return socket.inet_ntop(socket.AF_INET, asked)
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO and len(data) >= 16:
            return socket.inet_ntop(socket.AF_INET6, data[:16])
    return None


def _note(name: str, source: str, outcome: Refusal | str, seconds: float = 0.0) -> None:
    said = outcome.name.lower() if isinstance(outcome, Refusal) else outcome
    write_line(
        "roamline.requests",
        "file fetched",
        protocol="tftp",
        file=name,
        source=source,
        status=said,
        ms=round(seconds * 1000, 1),
    )
