"""The device's side of the server's device API, version 1 (the project's own design)."""

import json
import logging
import ssl
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from roamline_desk_agent.configuration import Configuration, ConfigurationError, read_configuration
from roamline_desk_agent.screens import Menu, Screen, ScreenError, read_menu, read_screen
from roamline_desk_agent.secret import Secret
from roamline_desk_agent.sse import EventStream, ServerEvent, TooLongError

log = logging.getLogger("roamline.agent")

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


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream is open: the server hears this device again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The server wants this screen to be shown, or none."""

    screen: Screen | None


StreamFact = Opened | Configuration | Shown | Menu


class DeviceApi:
    """The calls a device makes. Every method raises ServerError, whose text holds no secret.

    `is_phone`: whether this device is to follow its configuration; otherwise that is not even looked at."""

    def __init__(self, server: Server, *, is_phone: bool = True) -> None:
        self._server, self._is_phone = server, is_phone
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

    async def stream(self, have: int) -> AsyncGenerator[StreamFact, None]:
        """What the server sends, until the stream ends: each configuration that differs from version `have`, and
        screens and menus as they are now and whenever they change."""
        events = EventStream(MOST_BYTES)
        try:
            async with self._http.stream(
                "GET",
                f"{self._base}/stream",
                params={"have": have} if self._is_phone else {"have": have, "only": "screens"},
                headers={"Accept": "text/event-stream"},
                timeout=STREAM,
            ) as response:
                _refuse_unless(200, response)
                yield Opened()
                async for piece in response.aiter_bytes():
                    for event in events.feed(piece):
                        if fact := self._fact(event):
                            yield fact
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

    async def answer(self, screen: str, key: str, fields: Mapping[str, Secret]) -> Screen | None:
        """Press a softkey of a screen, with what was typed; the screen that comes next."""
        values = {name: value.reveal() for name, value in fields.items()}
        body = {"event": "input", "screen": screen, "key": key, "fields": values}
        try:
            async with self._http.stream("POST", f"{self._base}/input", json=body) as response:
                _refuse_unless(200, response)
                document = json.loads(await _whole(response))
        except httpx.HTTPError as trouble:
            raise _unreachable(self._server, trouble) from trouble
        except ValueError as trouble:
            raise ServerError("the server's answer is not JSON", permanent=True) from trouble
        return _screen(document)

    def _fact(self, event: ServerEvent) -> StreamFact | None:
        if event.name == "configuration":
            return self._read(_data(event)) if self._is_phone else None
        try:
            match event.name:
                case "screen":
                    return Shown(_screen(json.loads(event.data)))
                case "menu":
                    return read_menu(json.loads(event.data))
        except (ServerError, ValueError) as trouble:  # the phone goes on without: ScreenError is a ValueError
            log.warning("the server's %s cannot be shown: %s", event.name, trouble)
            return Shown(None) if event.name == "screen" else None
        return None

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


def _screen(document: object) -> Screen | None:
    try:
        return read_screen(document, time.monotonic())
    except ScreenError as trouble:
        raise ServerError(f"the server's screen cannot be shown: {trouble}", permanent=True) from trouble


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
