"""The conversation with a running baresip: commands and their answers, and events, over its ctrl_tcp module.

Protocol (baresip 1.0.0): netstrings of JSON; `{"command","params","token"}` is answered by `{"response":true,"ok",
"data","token"}`, events come unasked as `{"event":true,"type",...}`. There is no authentication: loopback only.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import cast

from roamline_desk_agent.netstring import Decoder, NetstringError, encode
from roamline_desk_agent.words import gettext_noop

log = logging.getLogger("roamline.agent")

COMMAND_TIMEOUT_S = 5.0
Event = Mapping[str, object]


class ControlLostError(ConnectionError):
    """baresip does not answer any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether baresip did it, and what it printed (which can hold a secret: not for logs)."""

    ok: bool
    text: str


class Control(asyncio.Protocol):
    """One connection. `on_event` has taken in all earlier events when a command's answer is given."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._decoder = Decoder()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._tokens = count(1)
        self._transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()

    async def command(self, name: str, params: str = "") -> Answer:
        """Carry out one command. Raises ControlLostError, also when there is no answer within 5 seconds."""
        if self._transport is None or self.lost.is_set():
            raise ControlLostError(gettext_noop("baresip is not running"))
        token = str(next(self._tokens))
        self._waiting[token] = asyncio.get_running_loop().create_future()
        message = {"command": name, "params": params, "token": token}
        self._transport.write(encode(json.dumps(message, ensure_ascii=False).encode()))
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_S):
                return await self._waiting[token]
        except TimeoutError:
            self.close()
            raise ControlLostError(f"baresip did not answer {name} within {COMMAND_TIMEOUT_S:g} s") from None
        finally:
            self._waiting.pop(token, None)

    def close(self) -> None:
        """Hang up on baresip."""
        if self._transport:
            self._transport.abort()
        self.lost.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol."""
        self._acknowledge_at_once()
        try:
            for payload in self._decoder.feed(data):
                self._take(payload)
        except NetstringError as trouble:
            log.error("lost the thread of baresip's control connection: %s", trouble)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        """Part of asyncio.Protocol."""
        self.lost.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ControlLostError("baresip went away"))

    def _take(self, payload: bytes) -> None:
        try:
            message = json.loads(payload)
        except ValueError:
            log.warning("baresip sent something that is not JSON (%d bytes)", len(payload))
            return
        if not isinstance(message, dict):
            return
        if message.get("event"):
            self._on_event(message)
        elif (future := self._waiting.get(str(message.get("token")))) and not future.done():
            future.set_result(Answer(bool(message.get("ok")), str(message.get("data") or "")))

    def _acknowledge_at_once(self) -> None:
        # baresip writes an event and then the answer: its kernel holds the answer back (Nagle) until the event is
        # acknowledged, and ours would delay that by 40 ms. The option lasts for one read only.
        if self._transport is None:
            return
        with suppress(OSError):
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


async def connect(port: int, on_event: Callable[[Event], None]) -> Control:
    """A connection to the baresip whose ctrl_tcp listens on loopback `port`. Raises OSError."""
    _, control = await asyncio.get_running_loop().create_connection(lambda: Control(on_event), "127.0.0.1", port)
    return control
