"""The device's side of the server's device API, version 1 (the project's own design)."""

import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from roamline_desk_agent.configuration import Configuration, ConfigurationError, read_configuration
from roamline_desk_agent.secret import Secret
from roamline_desk_agent.sse import EventStream, ServerEvent, TooLongError

MOST_BYTES = 256 * 1024
REQUEST = httpx.Timeout(10.0, connect=5.0)
# The server sends a comment every 15 s: three missed ones mean that it is gone.
EVENTS = {"Accept": "text/event-stream"}
STREAM = httpx.Timeout(45.0, connect=5.0)
REASONS = {401: "the device token is not valid for this device", 404: "the server does not know this device"}


class ServerError(Exception):
    """The server cannot be used now. `permanent`: asking again the same way will not help."""

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Server:
    """Where the device API is, which device this is, and what proves it."""

    url: str
    device: str
    token: Secret
    ca_file: Path | None = None

    @property
    def is_private(self) -> bool:
        """Whether the token and the SIP secret travel encrypted, or never leave this machine."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "::1", "localhost"}


class DeviceApi:
    """The three calls a device makes. Every method raises ServerError, whose text holds no secret."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._base = f"{server.url.rstrip('/')}/api/device/v1/{server.device}"
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {server.token.reveal()}", "User-Agent": "roamline-desk-agent"},
            timeout=REQUEST,
            verify=ssl.create_default_context(cafile=server.ca_file) if server.ca_file else True,
            trust_env=False,
        )

    async def close(self) -> None:
        """Let go of all connections."""
        await self._http.aclose()

    async def configuration(self) -> Configuration:
        """The configuration now."""
        try:
            async with self._http.stream("GET", f"{self._base}/configuration") as response:
                _refuse_unless(200, response)
                return self._read(await _whole(response))
        except httpx.HTTPError as trouble:
            raise _unreachable(self._server, trouble) from trouble

    async def stream(self, have: int) -> AsyncGenerator[Configuration, None]:
        """Each configuration that differs from version `have`, as the server sends it, until the stream ends."""
        events = EventStream(MOST_BYTES)
        try:
            async with self._http.stream(
                "GET",
                f"{self._base}/stream",
                params={"have": have},
                headers={"Accept": "text/event-stream"},
                timeout=STREAM,
            ) as response:
                _refuse_unless(200, response)
                async for piece in response.aiter_bytes():
                    for event in events.feed(piece):
                        if event.name == "configuration":
                            yield self._read(_data(event))
        except httpx.HTTPError as trouble:
            raise _unreachable(self._server, trouble) from trouble
        except TooLongError as trouble:
            raise ServerError(str(trouble)) from trouble

    async def report(self, events: list[Mapping[str, object]]) -> None:
        """Tell the server what happened here."""
        try:
            async with self._http.stream("POST", f"{self._base}/events", json={"events": events}) as response:
                _refuse_unless(204, response)
        except httpx.HTTPError as trouble:
            raise _unreachable(self._server, trouble) from trouble

    def _read(self, document: bytes) -> Configuration:
        try:
            configuration = read_configuration(json.loads(document))
        except ConfigurationError as trouble:
            raise ServerError(f"the server's configuration cannot be used: {trouble}", permanent=True) from trouble
        except ValueError as trouble:
            raise ServerError("the server's answer is not JSON", permanent=True) from trouble
        if configuration.device != self._server.device:
            raise ServerError(f"the server sent the configuration of {configuration.device}", permanent=True)
        return configuration


def _data(event: ServerEvent) -> bytes:
    return event.data.encode()


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise ServerError(f"the server's answer is over {MOST_BYTES} bytes", permanent=True)
    return bytes(body)


def _refuse_unless(status: int, response: httpx.Response) -> None:
    code = response.status_code
    if code == status:
        return
    reason = REASONS.get(code, "see the server's log")
    passing = {401, 404, 408, 429}  # a token can be renewed and a device added while this agent runs
    raise ServerError(f"{code} {response.reason_phrase}: {reason}", permanent=400 <= code < 500 and code not in passing)


def _unreachable(server: Server, trouble: httpx.HTTPError) -> ServerError:
    return ServerError(f"{server.url} cannot be reached: {str(trouble) or type(trouble).__name__}")
