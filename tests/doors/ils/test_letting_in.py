"""Two nodes over real TLS: by password, by certificate, by both; who lacks it gets nothing and is named (RO-2)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roamline.doors.ils import authority, certificate
from roamline.doors.ils.lines import Lines
from roamline.platform import config
from roamline.wires.ils import certified
from roamline.wires.ils.handshake import HUB, Credentials, Profile, password_key
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.node import Node
from roamline.wires.ils.outputs import Close, Notice, Send
from tests.stories.memory_store import MemoryStore
from tests.support.authority import TestAuthority, write

RIGHT, WRONG = password_key("a shared password"), password_key("another password")
OURS, THEIRS = TestAuthority(), TestAuthority()
WITHIN = 20.0


@dataclass
class Speaking:
    """A node with lines of its own, as the engine runs it."""

    name: str
    seed: int
    folder: Path
    password: bytes | None
    settings: config.Config
    asks_for_certificates: bool
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        identity, now = Identity(bytes([self.seed]) * 32), datetime.now(UTC)
        own = authority.served(self.settings, identity, self.folder / "tls", now)
        self.context, binding = certificate.server_context(own), certificate.binding_of(own.chain)
        credentials = Credentials(
            self.password, (lambda _origin: False) if self.asks_for_certificates else None,
            authority.configured(self.settings), authority.own_certificate(self.settings),
        )  # fmt: skip
        self.store = MemoryStore(now)
        self.store.say(identity, "number", self.name, "{}", now)
        self.node = Node(identity, Profile(self.name, HUB), credentials, self.store, lambda: os.urandom(32))
        self.lines = Lines(binding, self._opened, self._came, self._closed)

    async def _opened(self, link: int, binding: bytes, is_initiator: bool) -> None:
        self._do(lambda now: self.node.connected(link, binding, now, is_initiator=is_initiator))

    async def _came(self, link: int, content: bytes) -> None:
        self._do(lambda now: self.node.received(link, content, now))

    async def _closed(self, link: int) -> None:
        self._do(lambda _now: self.node.disconnected(link))

    def _do(self, deed: Callable[[datetime], None]) -> None:
        deed(datetime.now(UTC))
        for output in self.node.outputs():
            match output:
                case Send(link, content):
                    self.lines.send(link, content)
                case Close(link, _reason):
                    self.lines.close(link)
                case Notice():
                    self.notices.append(output)

    def holds(self, number: str) -> bool:
        return any(record.key == number for _origin, record in self.store.of_kind("number"))


async def meet(hq: Speaking, east: Speaking, until: Callable[[], bool]) -> None:
    """EAST calls HQ; until something is so."""
    server = await asyncio.start_server(hq.lines.accept, "127.0.0.1", 0, ssl=hq.context)
    port = server.sockets[0].getsockname()[1]
    try:
        east.lines.call(f"127.0.0.1:{port}", certificate.client_context())
        async with asyncio.timeout(WITHIN):
            while not until():
                for each in (hq, east):
                    each._do(each.node.tick)
                await asyncio.sleep(0.01)
    finally:
        server.close()
        await hq.lines.end()
        await east.lines.end()


def configured(folder: Path, name: str, issuer: TestAuthority | None) -> config.Config:
    """HQ's and EAST's files: our authority's bundle, and a certificate of somebody's."""
    folder.mkdir()
    given = {"ca": OURS.write_bundle(folder / "ca.pem")}
    if issuer is not None:
        given["certificate"] = write(issuer.issue(name), folder / "own.pem")
    return config.parse({"site": {"data": str(folder)}, "ils": given})


def two(tmp_path: Path, mode: str, password: bytes | None, name: str, issuer: TestAuthority | None
        ) -> tuple[Speaking, Speaking]:  # fmt: skip
    """HQ, that asks for what the mode says; EAST, that has a password and a certificate of an issuer's for a name."""
    asks = mode != "password"
    hq_password = RIGHT if mode != "certificate" else None
    hq = Speaking("HQ", 1, tmp_path / "hq", hq_password, configured(tmp_path / "hq", "HQ", OURS), asks)
    east = Speaking("EAST", 2, tmp_path / "east", password, configured(tmp_path / "east", name, issuer), asks)
    return hq, east


@pytest.mark.proves("RO-2")
@pytest.mark.parametrize(("mode", "password", "issuer"), [
    ("password", RIGHT, None), ("certificate", None, OURS), ("both", RIGHT, OURS),
])  # fmt: skip
def test_who_has_what_is_asked_for_is_let_in(tmp_path, mode, password, issuer) -> None:
    hq, east = two(tmp_path, mode, password, "EAST", issuer)
    asyncio.run(meet(hq, east, lambda: hq.holds("EAST") and east.holds("HQ")))


@pytest.mark.proves("RO-2")
@pytest.mark.parametrize(("mode", "password", "name", "issuer", "reason"), [
    ("password", WRONG, "EAST", OURS, "wrong password"),
    ("certificate", RIGHT, "EAST", None, certified.NONE_SHOWN),
    ("certificate", None, "EAST", THEIRS, certified.NOT_ISSUED),
    ("certificate", None, "WEST", OURS, certified.NAMES_ANOTHER),
    ("both", WRONG, "EAST", OURS, "wrong password"),
    ("both", RIGHT, "EAST", THEIRS, certified.NOT_ISSUED),
])  # fmt: skip
def test_who_lacks_it_gets_nothing_and_is_named(tmp_path, mode, password, name, issuer, reason) -> None:
    hq, east = two(tmp_path, mode, password, name, issuer)
    asyncio.run(meet(hq, east, lambda: any(each.kind == "refused" for each in (*hq.notices,))))
    (named,) = [(each.name, each.text) for each in hq.notices if each.kind == "refused"]
    assert named == ("EAST", reason)
    assert not east.holds("HQ")
    assert not hq.holds("EAST")


def test_the_called_cluster_has_to_show_its_certificate_too(tmp_path: Path) -> None:
    hq = Speaking("HQ", 1, tmp_path / "hq", None, configured(tmp_path / "hq", "HQ", THEIRS), False)
    east = Speaking("EAST", 2, tmp_path / "east", None, configured(tmp_path / "east", "EAST", OURS), True)
    asyncio.run(meet(hq, east, lambda: any(each.kind == "refused" for each in east.notices)))
    assert ("HQ", certified.NOT_ISSUED) in [(each.name, each.text) for each in east.notices]
    assert not east.holds("HQ")


def test_a_bundle_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    hq, east = two(tmp_path, "certificate", None, "EAST", OURS)
    (tmp_path / "hq" / "ca.pem").write_text("no certificate")
    hq = Speaking("HQ", 1, tmp_path / "hq", None, hq.settings, True)
    asyncio.run(meet(hq, east, lambda: any(each.kind == "refused" for each in hq.notices)))
    assert not east.holds("HQ")
