"""The server's side of the device API, small enough to read: what the agents of these tests follow.

Reports about headsets and the menu are kept apart from those about configurations and calls."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


@dataclass(slots=True)
class DeviceServer:
    """`documents` are the configurations by device; `events` what the devices reported; `status` fails on purpose.

    `screens` and `menus` are what the devices show; `after` is the screen that follows each key."""

    token: str
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    desk_events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    screens: dict[str, Any] = field(default_factory=dict)
    menus: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    fetched: int = 0
    refused: int = 0
    streams: list[tuple[str, int]] = field(default_factory=list)
    server: asyncio.Server | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    clients: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        assert self.server
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def start(self, port: int = 0) -> None:
        self.server = await asyncio.start_server(self.meet, "127.0.0.1", port)

    async def stop(self) -> None:
        assert self.server
        self.server.close()
        for client in self.clients:
            client.cancel()
        await asyncio.gather(*self.clients, return_exceptions=True)

    async def push(self, device: str, **facts: Any) -> int:
        """Give the device a next version and tell all streams; its number."""
        version = int(self.documents.get(device, {}).get("version", 0)) + 1
        self.documents[device] = {"device": device, "version": version, "stamp": str(uuid4()), **facts}
        async with self.changed:
            self.changed.notify_all()
        return version

    async def show(self, device: str, screen: Any, *, can_associate: bool = True) -> None:
        """Have this screen shown, and the menu's entry available or not."""
        self.screens[device], self.menus[device] = screen, {"associate_headset": can_associate}
        async with self.changed:
            self.changed.notify_all()

    def take(self, device: str, events: list[dict[str, Any]]) -> None:
        for event in events:
            kept = self.desk_events if event["event"].startswith(("headset", "menu")) else self.events
            kept.setdefault(device, []).append(event)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.clients.add(task)
        task.add_done_callback(self.clients.discard)
        # asyncio 3.11 prints a traceback when a client's task ends as cancelled.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.serve(reader, writer)
        writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        url = urlsplit(first.split()[1])
        device, what = url.path.split("/")[-2:]
        refusal = self.refusal(headers, device)
        if refusal:
            self.refused += 1
            writer.write(reply(refusal, b"{}"))
        elif what == "stream":
            await self.stream(writer, device, int(parse_qs(url.query)["have"][0]))
        elif what == "configuration":
            self.fetched += 1
            writer.write(reply(200, json.dumps(self.documents[device]).encode()))
        elif what == "input":
            self.inputs.append(json.loads(body))
            self.screens[device] = self.after.get(self.inputs[-1]["key"])
            writer.write(reply(200, json.dumps(self.screens[device]).encode()))
        else:
            self.take(device, json.loads(body)["events"])
            writer.write(reply(204, b""))
        await writer.drain()

    def refusal(self, headers: dict[str, str], device: str) -> int | None:
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401
        return self.status or (None if device in self.documents else 404)

    async def stream(self, writer: asyncio.StreamWriter, device: str, have: int) -> None:
        self.streams.append((device, have))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hello\n\n")
        told: tuple[Any, Any] = (object(), object())
        while True:
            document = self.documents[device]
            if document and document["version"] != have:
                have = document["version"]
                writer.write(f"id: {have}\nevent: configuration\ndata: {json.dumps(document)}\n\n".encode())
            shown = (self.screens.get(device), self.menus.get(device, {"associate_headset": False}))
            for name, was, now in zip(("screen", "menu"), told, shown, strict=True):
                if was != now:
                    writer.write(f"event: {name}\ndata: {json.dumps(now)}\n\n".encode())
            told = shown
            await writer.drain()
            async with self.changed:
                await self.changed.wait()


def reply(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d Status\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(body), body)
