"""The phone's own web server: ``POST /CGI/Execute``, by which others push to it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.xml_objects import Refused, Screen, read

SMALL, LARGE = 512, 40 * 1024


@dataclass
class PushServer:
    """Runs on ``port`` of loopback, or a free one, where a real phone has port 80."""

    device: str
    model: str
    authentication_url: Callable[[], str]
    execute: Callable[[Screen], Awaitable[None]]
    conflicts: Conflicts
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen, unless it does."""
        if self._server is not None:
            return
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status, answer = await self._answer(lines[0], headers, body)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(answer)}\r\n"
                f"Connection: close\r\n\r\n".encode()
                + answer
            )
        writer.close()

    async def _answer(self, start: str, headers: dict[str, str], body: bytes) -> tuple[str, bytes]:
        if not start.startswith("POST /CGI/Execute "):
            return "404 Not Found", b""
        user, password = _basic(headers.get("authorization", ""))
        if not user:
            return "401 Unauthorized", b""
        if not await asyncio.to_thread(self._is_authorized, user, password):
            return "200 OK", b'<CiscoIPPhoneError Number="4"/>'
        if len(body) > (SMALL if self.conflicts.small_pushes_only else LARGE):
            return "200 OK", b'<CiscoIPPhoneError Number="2"/>'
        form = urllib.parse.parse_qs(body.decode("latin-1"))
        try:
            pushed = read(form.get("XML", [""])[0].encode(), self.model, self.conflicts)
        except Refused:
            return "200 OK", b'<CiscoIPPhoneError Number="1"/>'
        await self.execute(pushed)
        items = "".join(f'<ResponseItem Status="0" Data="Success" URL="{url}"/>' for url, _ in pushed.execute)
        return "200 OK", f"<CiscoIPPhoneResponse>{items}</CiscoIPPhoneResponse>".encode()

    def _is_authorized(self, user: str, password: str) -> bool:
        """Ask the authentication URL; exactly one word without a newline is a yes."""
        values = {"UserID": user, "Password": password}
        url = self.authentication_url()
        if self.conflicts.asks_authentication_by_post:
            form = urllib.parse.urlencode({**values, "devicename": self.device}).encode()
            request = urllib.request.Request(url, form)
        else:
            request = urllib.request.Request(f"{url}{'&' if '?' in url else '?'}{urllib.parse.urlencode(values)}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.read(100) == b"AUTHORIZED")


def _basic(header: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
