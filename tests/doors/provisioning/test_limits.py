"""What the two protocols do when they may not or cannot serve: another network, the database gone, too much at once."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from roamline.doors.provisioning.answering import Answer, Found, Refusal, UnknownPhones
from roamline.doors.provisioning.http import FilesApplication
from roamline.doors.provisioning.tftp import ServerLimits, TftpServer
from roamline.wires.tftp import TftpLimits
from tests.doors.provisioning.conftest import NOW

NAME = b"SEP0011AA220001.cnf.xml"
READ = b"\0\1" + NAME + b"\0octet\0"


@dataclass
class Exchange:
    """One request as granian hands it over, and what was answered."""

    path: str
    client: str = "127.0.0.1:40000"
    method: str = "GET"
    proto: str = "http"
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body


def over_http(exchange: Exchange) -> Exchange:
    application = FilesApplication({"/healthz": lambda path, source: (200, "text/plain", source.encode())})
    asyncio.run(application.__rsgi__(exchange, exchange))
    return exchange


@pytest.fixture
def other_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CONFIG.values, "phones.file_networks", "10.20.0.0/16;2001:db8::/32")


def with_tftp(
    play: Callable[[TftpServer, socket.socket], Coroutine[Any, Any, None]],
    look_up: Callable[[str, str, datetime], Answer],
    limits: ServerLimits | None = None,
) -> None:
    """Run a TFTP server on a free port and play against it with a client's socket."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            server = TftpServer(pool, limits, look_up)
            port = server.open("127.0.0.1", 0)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.setblocking(False)
                client.connect(("127.0.0.1", port))
                try:
                    async with asyncio.timeout(10):
                        await play(server, client)
                finally:
                    server.close()

    asyncio.run(run())


async def received(client: socket.socket) -> bytes:
    return await asyncio.get_running_loop().sock_recv(client, 2048)


@pytest.mark.django_db(transaction=True)  # HTTP asks whether the service runs on this node
@pytest.mark.usefixtures("other_network")
def test_phones_of_other_networks_get_403_over_http_and_an_access_violation_over_tftp() -> None:
    assert over_http(Exchange("/SEP0011AA220001.cnf.xml")).status == 403
    assert over_http(Exchange("/SEP0011AA220001.cnf.xml", "[::ffff:10.21.0.1]:40000")).status == 403
    assert over_http(Exchange("/healthz", "[2001:db8::9]:40000")).body == b"2001:db8::9"

    async def play(server: TftpServer, client: socket.socket) -> None:
        client.send(READ)
        assert (await received(client))[:4] == b"\0\5\0\2"

    def nobody_is_asked(name: str, source: str, now: datetime) -> Answer:
        raise AssertionError(name)

    with_tftp(play, nobody_is_asked)


def test_a_database_that_is_gone_is_busy_and_never_no_such_file() -> None:
    """A phone that is told that it has no file goes on to another configuration."""

    async def play(server: TftpServer, client: socket.socket) -> None:
        client.send(READ)
        assert (await received(client))[:4] == b"\0\5\0\0"

    with_tftp(play, lambda name, source, now: Refusal.UNAVAILABLE)


def test_the_number_of_transfers_is_limited_and_room_comes_back() -> None:
    limits = ServerLimits(transfers=2, transfers_per_source=2)

    async def play(server: TftpServer, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for other in others:
            other.setblocking(False)
            await loop.sock_sendto(other, READ, client.getpeername())
            data, sender = await loop.sock_recvfrom(other, 2048)
            assert data[:4] == b"\0\3\0\1"
        client.send(READ)
        assert await received(client) == b"\0\5\0\0Busy, please try again\0"
        await loop.sock_sendto(other, b"\0\5\0\0enough\0", sender)
        answer = b""
        while answer[:2] != b"\0\3":
            probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            probe.setblocking(False)
            await loop.sock_sendto(probe, READ, client.getpeername())
            answer, _ = await loop.sock_recvfrom(probe, 2048)
            probe.close()
        for other in others:
            other.close()

    with_tftp(play, lambda name, source, now: Found(bytes(2000)), limits)


def test_a_lost_block_is_sent_again_and_a_client_that_is_gone_is_given_up() -> None:
    quick = TftpLimits(timeout=timedelta(milliseconds=20), longest_timeout=timedelta(milliseconds=20), tries=3)

    async def play(server: TftpServer, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        other.setblocking(False)
        await loop.sock_sendto(other, READ, client.getpeername())
        blocks = [(await loop.sock_recvfrom(other, 2048))[0] for _ in range(3)]
        other.close()
        assert blocks == [b"\0\3\0\1content"] * 3
        while server.transfers_under_way:
            await asyncio.sleep(0)

    with_tftp(play, lambda name, source, now: Found(b"content"), ServerLimits(transfer=quick))


def test_a_request_that_is_repeated_while_it_is_looked_up_begins_one_transfer() -> None:
    go_on = threading.Event()

    def slow(name: str, source: str, now: datetime) -> Answer:
        go_on.wait(5)
        return Found(b"content")

    async def play(server: TftpServer, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        other.setblocking(False)
        for _ in range(3):
            await loop.sock_sendto(other, READ, client.getpeername())
        client.send(b"\0\2x\0octet\0")  # answered by the loop itself, after it has seen the three
        await received(client)
        assert server.transfers_under_way == 1
        go_on.set()
        assert (await loop.sock_recvfrom(other, 2048))[0] == b"\0\3\0\1content"
        other.close()

    with_tftp(play, slow)


def test_a_thousand_unknown_phones_are_remembered_and_no_more() -> None:
    unknown = UnknownPhones()
    for number in range(1001):
        unknown.missed(f"SEP{number:012X}", f"10.0.{number // 256}.{number % 256}", NOW)
    assert unknown.who_missed("10.0.0.0", NOW) is None
    assert unknown.who_missed("10.0.0.1", NOW) == "SEP000000000001"
