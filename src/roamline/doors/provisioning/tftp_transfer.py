"""One TFTP transfer on a socket of its own."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from roamline.wires.tftp import UNKNOWN_TRANSFER, ReadRequest, ReadTransfer, State, TftpLimits, encode_packet

LARGEST_DATAGRAM = 1024
DATAGRAMS_AT_ONCE = 16


class Transfer:
    """Moves datagrams and time between a socket and the transfer's machine; ``over`` is done when it is."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        request: ReadRequest,
        content: bytes,
        client: tuple[Any, ...],
        limits: TftpLimits,
        family: int,
        local: str | None,
    ) -> None:
        self._loop, self._client = loop, client
        self._machine = ReadTransfer(request, content, limits)
        self._timer: asyncio.TimerHandle | None = None
        self.over: asyncio.Future[None] = loop.create_future()
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.bind((local or "", 0))
        except OSError:
            self._socket.close()
            raise
        loop.add_reader(self._socket, self._receive)

    @property
    def outcome(self) -> str:
        """How it went, for the log."""
        return {State.DONE: "sent", State.FAILED: "failed"}.get(self._machine.state, "given up")

    def start(self) -> None:
        """Send the first datagrams."""
        self._go_on(self._machine.start(datetime.now(UTC)))

    def give_up(self) -> None:
        """End it, whatever its state."""
        self._end()

    def _receive(self) -> None:
        for _ in range(DATAGRAMS_AT_ONCE):
            if self.over.done():
                return
            try:
                datagram, sender = self._socket.recvfrom(LARGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # the client's system says that nobody listens there any more
                self._end()
                return
            if sender[:2] != self._client[:2]:
                self._send(encode_packet(UNKNOWN_TRANSFER), sender)
            else:
                self._go_on(self._machine.receive(datagram, datetime.now(UTC)))

    def _tick(self) -> None:
        self._timer = None
        if not self.over.done():
            self._go_on(self._machine.tick(datetime.now(UTC)))

    def _go_on(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self._send(datagram, self._client)
        deadline = self._machine.deadline
        if deadline is None:
            self._end()
        elif self._timer is None:
            # The timer is not moved with every datagram: when it fires too early, the machine says until when.
            self._timer = self._loop.call_later(max(0.001, (deadline - datetime.now(UTC)).total_seconds()), self._tick)

    def _send(self, datagram: bytes, to: tuple[Any, ...]) -> None:
        # What cannot be sent now is lost as any datagram may be: the time-out sends it again.
        with suppress(OSError):
            self._socket.sendto(datagram, to)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.over.done():
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self.over.set_result(None)
