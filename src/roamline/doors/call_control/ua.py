"""A user agent's socket: SIP over UDP with this node's Kamailio, and with nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from types import TracebackType

from roamline.platform.config import Config
from roamline.wires import sip_text
from roamline.wires.sip_text import SipMessage

Address = tuple[str, int]

WAIT_SECONDS = 0.25
MOST_WAITING = 100
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def server_address(config: Config) -> Address:
    """Where Kamailio is reached from this machine."""
    bind = str(config["call_control.bind"]).strip("[]")
    return _ANY.get(bind, bind), int(config["call_control.port"])


class Exchange(asyncio.DatagramProtocol):
    """Messages to and from the server, for as long as the ``async with`` lasts; more than 100 unread ones are dropped.

    ``local`` is our own ``host:port``. OSError when no port can be had.
    """

    def __init__(self, server: Address) -> None:
        self.server = server
        self.local = ""
        self._waiting: asyncio.Queue[SipMessage] = asyncio.Queue(MOST_WAITING)
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Exchange:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self.server)
        host, port = self._transport.get_extra_info("sockname")[:2]
        self.local = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Address) -> None:  # noqa: ARG002 - the socket is connected
        """Keep what is a message."""
        message = sip_text.read(data)
        if message is not None and not self._waiting.full():
            self._waiting.put_nowait(message)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there right now: what was sent is sent again."""

    def now(self) -> float:
        """Seconds of a clock that only goes forward."""
        return time.monotonic()

    async def send(self, messages: Iterable[bytes]) -> None:
        """Send messages in order."""
        for message in messages:
            if self._transport is not None:
                self._transport.sendto(message)

    async def next_message(self) -> SipMessage | None:
        """The next message; None when a quarter of a second goes by without one."""
        try:
            return await asyncio.wait_for(self._waiting.get(), WAIT_SECONDS)
        except TimeoutError:
            return None
