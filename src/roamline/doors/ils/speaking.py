"""The engine's task: the one node that holds the lease speaks for the cluster, for as long as it is in a network.

The machine runs in a thread of its own, because every step of it is a short transaction. Other threads take up what
has arrived, so that a slow reader holds up no link; read what comes while the machine writes down what came before; and
compare all that is said and learned, which may take half a minute, and no log-in waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import close_old_connections

from roamline.doors.ils import authority, certificate, keeping
from roamline.doors.ils.arrivals import Arrivals
from roamline.doors.ils.lines import Lines
from roamline.doors.ils.threads import Threads
from roamline.platform import wake
from roamline.rooms.clusters import sealing, store
from roamline.rooms.clusters.service import membership, publish, take_up, try_again
from roamline.rooms.clusters.service.learning import has_reader
from roamline.rooms.clusters.service.membership import note_members
from roamline.wires.ils.calling import addresses_to_call
from roamline.wires.ils.handshake import Credentials, Profile, password_key
from roamline.wires.ils.node import Arrived, Node
from roamline.wires.ils.outputs import Close, Notice, Send

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.1
LOOK_SECONDS = 1.0
CALL_AGAIN_SECONDS = 1.0
NOT_WANTED_SECONDS = 1.0
MARGIN_SECONDS = 2.0

Result = TypeVar("Result")


async def speak() -> None:
    """A task of the engine: speak whenever this node is to."""
    with Threads() as threads:
        while True:
            asked_at = time.monotonic()
            wanted = await _in(threads.machine, lambda: keeping.wanted(keeping.clock()))
            if wanted is not None:
                await _Session(wanted, asked_at, threads).run()
            elif await _in(threads.machine, lambda: keeping.leaves_unheard(keeping.clock())):
                # Left before anybody spoke, or while the service is off: there is nobody to tell.
                await _in(threads.machine, partial(membership.stand_alone, datetime.now(UTC)))
            await asyncio.sleep(NOT_WANTED_SECONDS)


async def _in(pool: ThreadPoolExecutor, deed: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, partial(_with_connections, deed))


def _with_connections(deed: Callable[[], Result]) -> Result:
    try:
        return deed()
    except DatabaseFailure:
        close_old_connections()
        raise


class _Session:
    """Speaking, from one change of the configuration to the next."""

    def __init__(self, wanted: keeping.Wanted, asked_at: float, threads: Threads) -> None:
        self._wanted, self._asked_at = wanted, asked_at
        self._machine, self._taking_up = threads.machine, threads.taking_up
        self._reading, self._publishing = threads.reading, threads.publishing
        self._arrivals: dict[int, Arrivals] = {}
        self._context = certificate.client_context()
        self._arrived = asyncio.Event()
        self._repair = asyncio.Event()
        self._over = asyncio.Event()
        self._folder = settings.CONFIG.data / "tls"
        self._kept = keeping.Kept()

    async def run(self) -> None:
        """Speak until something else is wanted."""
        self._loop = asyncio.get_running_loop()
        identity = sealing.identity()
        own = authority.served(settings.CONFIG, identity, self._folder, datetime.now(UTC))
        served, binding = certificate.server_context(own), certificate.binding_of(own.chain)
        self._lines = Lines(binding, self._opened, self._came, self._closed)
        self._node = await _in(self._machine, partial(self._make_node))
        server = None
        if self._wanted.role == "hub":
            bind, port = str(settings.CONFIG["ils.bind"]), int(settings.CONFIG["ils.port"])
            server = await asyncio.start_server(self._lines.accept, bind, port, ssl=served, ssl_handshake_timeout=10)
        log.info("ILS speaks", role=self._wanted.role, origin=identity.origin)
        works = (
            self._keep_ticking,
            self._keep_hearing,
            self._keep_calling,
            self._keep_taking_up,
            self._keep_publishing,
        )
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            await asyncio.wait([*tasks, asyncio.create_task(self._over.wait())], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
            await self._end_well()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if server is not None:
                server.close()
            await self._lines.end()
            await asyncio.gather(*(each.end() for each in self._arrivals.values()), return_exceptions=True)
            with contextlib.suppress(DatabaseFailure):
                await _in(self._machine, keeping.note_silence)
            log.info("ILS is silent")

    def _make_node(self) -> Node:
        wanted = self._wanted
        key = password_key(wanted.password.reveal()) if wanted.password else None
        self._authority = authority.configured(settings.CONFIG)
        credentials = Credentials(
            key, self._is_trusted if wanted.use_certificates else None, self._authority,
            authority.own_certificate(settings.CONFIG),
        )  # fmt: skip
        profile = Profile(wanted.name, wanted.role, membership.own_address())
        interval = timedelta(minutes=wanted.interval_minutes)
        node = Node(
            sealing.identity(),
            profile,
            credentials,
            store.DatabaseStore(wanted.limit),
            lambda: os.urandom(32),
            interval,
        )
        node.cut(wanted.cut)
        note_members(node.members)
        return node

    def _is_trusted(self, origin: str) -> bool:
        """Where an authority is configured whoever is not named here has to show its certificate, members too."""
        return origin in self._wanted.trusted or (self._authority is None and origin in self._node.members)

    # what happens on the lines

    async def _opened(self, link: int, binding: bytes, is_initiator: bool) -> None:
        await self._do(lambda now: self._node.connected(link, binding, now, is_initiator=is_initiator))

    async def _came(self, link: int, content: bytes) -> None:
        arrived = await self._loop.run_in_executor(self._reading, self._node.read_ahead, link, content)
        if arrived is None:
            await self._do(lambda now: self._node.received(link, content, now))
            return
        if link not in self._arrivals:
            self._arrivals[link] = Arrivals(partial(self._take, link))
        await self._arrivals[link].put(arrived)

    async def _take(self, link: int, arrived: Arrived) -> None:
        try:
            await self._do(lambda now: self._node.take(link, arrived, now))
        except DatabaseFailure:
            self._lines.close(link)  # the peer says it again when the link is back
            raise

    async def _closed(self, link: int) -> None:
        try:
            if link in self._arrivals:
                await self._arrivals.pop(link).end()
        finally:
            await self._do(lambda _now: self._node.disconnected(link))

    async def _do(self, deed: Callable[[datetime], None]) -> None:
        """Have the machine do something, and do what it puts out."""

        def done() -> list[Send | Close | Notice]:
            if not self._may_speak():
                return []
            deed(datetime.now(UTC))
            return self._node.outputs()

        for output in await _in(self._machine, done):
            match output:
                case Send(link, content):
                    self._lines.send(link, content)
                case Close(link, _reason):
                    self._lines.close(link)
                case Notice():
                    await self._notice(output)

    def _may_speak(self) -> bool:
        """Whether the lease is this node's; asked anew after so long that another node may have it.

        So a node that was halted, or cut off from the database, says nothing more when it goes on.
        """
        is_surely = time.monotonic() - self._asked_at < keeping.LEASE.total_seconds() - MARGIN_SECONDS
        return is_surely or self._renewed() is not None

    def _renewed(self) -> keeping.Wanted | None:
        """Renew the lease; how to speak now, None when this session is over."""
        asked_at = time.monotonic()
        wanted = keeping.wanted(keeping.clock())
        if wanted is None or wanted.session != self._wanted.session:
            self._after(self._over.set)
            return None
        self._asked_at = asked_at
        return wanted

    async def _notice(self, notice: Notice) -> None:
        if notice.kind == "learned":
            if notice.kinds & has_reader():
                self._arrived.set()
            if "member" in notice.kinds:
                await _in(self._machine, lambda: note_members(self._node.members))
            return
        log.warning("ILS", what=notice.kind, cluster=notice.name, origin=notice.origin, text=notice.text)
        await _in(self._machine, partial(keeping.note, notice, datetime.now(UTC)))
        if notice.kind == "up":
            await _in(self._machine, lambda: note_members(self._node.members))

    # what goes on for ever

    async def _keep_ticking(self) -> None:
        while True:
            await self._do(self._node.tick)
            await asyncio.sleep(TICK_SECONDS)

    async def _keep_hearing(self) -> None:
        """News of this cluster's own, and every second what is wanted; status is kept meanwhile."""
        with wake.Listener("ils") as listener:
            while True:
                await self._do(self._node.changed)
                await _in(self._machine, self._look)
                await listener.wait(LOOK_SECONDS)

    def _look(self) -> None:
        wanted = self._renewed()
        if wanted is None:
            return
        self._node.cut(wanted.cut)
        if wanted.sync_asked_at != self._wanted.sync_asked_at:
            self._node.repair(datetime.now(UTC))
            self._after(self._repair.set)
        self._wanted = wanted
        self._kept.keep(self._node)

    def _after(self, deed: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(deed)

    async def _keep_calling(self) -> None:
        while True:
            for address in await _in(self._machine, self._to_call):
                self._lines.call(address, self._context)
            await asyncio.sleep(CALL_AGAIN_SECONDS)

    def _to_call(self) -> set[str]:
        known = keeping.addresses()
        found = addresses_to_call(
            sealing.identity().origin, self._wanted.registration_server, self._node.members, known,
            set(self._node.links()),
        )  # fmt: skip
        return found - {known.get(origin, "") for origin in self._wanted.cut}

    async def _keep_taking_up(self) -> None:
        while True:
            self._arrived.clear()
            while await _in(self._taking_up, lambda: take_up(datetime.now(UTC))):
                pass
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), 5)

    async def _keep_publishing(self) -> None:
        """At once, at every interval and when asked: say what differs from the sources, mend what can be mended."""
        interval = self._wanted.interval_minutes * 60
        while True:
            self._repair.clear()
            await _in(self._publishing, lambda: publish(datetime.now(UTC)))
            await _in(self._taking_up, lambda: try_again(datetime.now(UTC)))
            await _in(self._publishing, partial(keeping.mend, self._wanted.limit))
            await self._do(self._node.changed)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._repair.wait(), interval)

    async def _end_well(self) -> None:
        """Tell peers when this cluster leaves, and forget the network then."""
        if not await _in(self._machine, keeping.is_leaving):
            return
        await self._do(lambda _now: self._node.leave())
        await asyncio.sleep(0.5)
        await _in(self._machine, lambda: membership.stand_alone(datetime.now(UTC)))
