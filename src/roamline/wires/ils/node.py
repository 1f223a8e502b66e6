"""A cluster in its network, without sockets, clocks or threads: what arrives goes in, what is to be sent comes out.

Theory of operation. Every link begins with a greeting (``handshake``). Then each end says where it is in every stream
(``have``), and sends whatever the other lacks (``news``), most urgent first, each message acknowledged (``ack``). What
a cluster learns it passes on to all its other links, so hubs relay without knowing who needs what; between hubs, which
all hear it from its origin's hub, a relay waits a moment to see whether that is so. Every interval each end says all
positions anew, and origins sign what they hold (``head``), which everybody compares with what is held here: a stream
that differs is fetched again from its start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roamline.kernel.wording import gettext_noop
from roamline.wires.ils.comparing import Comparing
from roamline.wires.ils.exchange import CUT, LEAVES, PUT_OUT, Exchange
from roamline.wires.ils.handshake import HUB, Credentials, Handshake, Peer, Profile, Refused
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.link import Link
from roamline.wires.ils.links import Links
from roamline.wires.ils.members import Member
from roamline.wires.ils.messages import (
    LARGEST,
    Bye,
    Frames,
    Have,
    Message,
    ProtocolError,
    framed,
    read,
    written,
)
from roamline.wires.ils.outputs import Close, Notice, Output, Send
from roamline.wires.ils.records import NOTHING, Position, Stream, is_behind
from roamline.wires.ils.standing import Standing
from roamline.wires.ils.store import Store

GREETING_TIME = timedelta(seconds=10)
SAID_EVERY = timedelta(seconds=15)
SILENT_AFTER = timedelta(seconds=45)
LOST, SILENT = gettext_noop("connection lost"), gettext_noop("silent")
REPLACED = gettext_noop("replaced by a newer link")


Arrived = list[Message | ProtocolError | None]
"""Messages as they were read; what follows a broken one is not read."""


@dataclass(slots=True)
class _Connection:
    greeting: Handshake
    began: datetime
    is_initiator: bool
    frames: Frames = field(default_factory=Frames)
    link: Link | None = None


class Node:
    """The machine. Feed it; then take what it puts out with :meth:`outputs`."""

    def __init__(
        self, identity: Identity, profile: Profile, credentials: Credentials, store: Store,
        nonce: Callable[[], bytes], interval: timedelta = timedelta(minutes=10),
    ) -> None:  # fmt: skip
        self.identity, self.profile, self._credentials = identity, profile, credentials
        self._store, self._nonce, self._interval = store, nonce, interval
        self._connections: dict[int, _Connection] = {}
        self._outputs: list[Output] = []
        self._repaired: datetime | None = None
        self._standing = Standing(store, identity, profile)
        self._links = Links(store, self._standing, self._outputs, is_hub=profile.role == HUB)
        self.comparing = Comparing(store, identity.origin)
        self._exchange = Exchange(
            identity, profile, store, self._standing, self._links, self.comparing, self._outputs
        )  # fmt: skip

    # what happens

    def connected(self, link: int, binding: bytes, now: datetime, *, is_initiator: bool) -> None:
        """A connection stands; ``binding`` is the SHA-256 of the TLS certificate of the end that accepted it."""
        greeting = Handshake(
            self.identity, self.profile, self._credentials, binding, self._nonce(), is_initiator=is_initiator, now=now
        )
        self._connections[link] = _Connection(greeting, now, is_initiator)
        if not is_initiator and self.profile.role != HUB:
            self._refuse(link, "a spoke takes no registrations", "")
            return
        for message in greeting.start():
            self._outputs.append(Send(link, framed(message)))

    def received(self, link: int, content: bytes, now: datetime) -> None:
        """Bytes came in over a link; a peer that breaks the protocol is cut off."""
        connection = self._connections.get(link)
        if connection is None:
            return
        try:
            for message in connection.frames.feed(content):
                if link not in self._connections:
                    break
                if connection.link is None:
                    self._on_greeting(link, connection, message, now)
                else:
                    self._on_message(link, connection.link, read(message), now)
        except Refused as refusal:
            self._refuse(link, refusal.reason, refusal.name)
        except ProtocolError as error:
            self._break(link, connection, error)
        self._links.pump(now)

    def read_ahead(self, link: int, content: bytes) -> Arrived | None:
        """Read what came over a link that stands; None over one that does not, whose bytes are for :meth:`received`.

        This is half of the work of much that comes at once, and asks nothing of the machine: another thread may do it
        meanwhile, one at a time for each link. What it gives is to be given to :meth:`take`, in order.
        """
        connection = self._connections.get(link)
        if connection is None or connection.link is None:
            return None
        arrived: Arrived = []
        try:
            for message in connection.frames.feed(content):
                arrived.append(read(message))
        except ProtocolError as error:
            arrived.append(error)
        return arrived

    def take(self, link: int, arrived: Arrived, now: datetime) -> None:
        """Take in what :meth:`read_ahead` gave; the same as :meth:`received` with the bytes."""
        for message in arrived:
            connection = self._connections.get(link)
            if connection is None or connection.link is None:
                break
            if isinstance(message, ProtocolError):
                self._break(link, connection, message)
            else:
                self._on_message(link, connection.link, message, now)
        self._links.pump(now)

    def disconnected(self, link: int, reason: str = LOST) -> None:
        """A connection is gone."""
        connection = self._connections.pop(link, None)
        self._links.standing.pop(link, None)
        if connection is not None and connection.link is not None:
            self._note("down", connection.link.peer, reason)

    def changed(self, now: datetime) -> None:
        """The store may have new records of the cluster's own: read where its streams are, send what is new."""
        self._exchange.reload(now)
        self._end_removed()
        self._links.pump(now)

    def tick(self, now: datetime) -> None:
        """Time has passed: repair when it is due, end what is silent, send what has waited."""
        if self._standing.is_stale:
            self._exchange.reload(now)
        self._end_removed()
        self._exchange.settle_keys(now)
        for link, connection in list(self._connections.items()):
            self._look_at(link, connection, now)
        if self._repaired is None or now - self._repaired >= self._interval:
            self.repair(now)
        self._exchange.begin_anew(now)
        self._links.tick(now)
        self._links.pump(now)

    def repair(self, now: datetime) -> None:
        """Say all positions anew, sign and compare what is held: mends whatever was missed (RO-4)."""
        self._repaired = now
        self._exchange.repair(now)
        self._links.pump(now)

    def leave(self) -> None:
        """Tell every peer that this cluster leaves the network."""
        for link in self._links.standing:
            self._links.say(link, Bye(LEAVES))
            self._outputs.append(Close(link, LEAVES))

    def cut(self, origins: frozenset[str]) -> None:
        """Have no link with these clusters, until they are named no more; those that stand end."""
        self._exchange.cut = origins
        for link, each in list(self._links.standing.items()):
            if each.peer.origin in origins:
                self._outputs.append(Send(link, framed(written(Bye(CUT)))))
                self._end(link, CUT)

    def outputs(self) -> list[Output]:
        """What is to be done now, in this order; each is given once."""
        taken = list(self._outputs)
        self._outputs.clear()
        return taken

    # what there is to see

    @property
    def members(self) -> dict[str, Member]:
        """The clusters of the network by origin, this one too."""
        return self._standing.members

    @property
    def alarms(self) -> dict[str, str]:
        """What an administrator should know of clusters, by origin."""
        return self._exchange.alarms

    @property
    def learned(self) -> dict[str, datetime]:
        """When something of each origin was last learned."""
        return self._exchange.learned

    def is_up_to(self, origin: str) -> bool:
        """Whether everything that a linked peer says it has is here."""
        link = self.links().get(origin)
        return (
            link is not None
            and link.knows_theirs
            and not any(
                is_behind(self._standing.positions.get(stream, NOTHING), at)
                for stream, at in link.theirs.items()
                if stream.origin != self.identity.origin
            )
        )

    def links(self) -> dict[str, Link]:
        """The links that stand, by the peer's origin."""
        return {each.peer.origin: each for each in self._links.standing.values()}

    def is_in_step(self) -> bool:
        """Whether every peer that is linked has all that is here."""
        return all(each.is_in_step(self._standing.positions) for each in self._links.standing.values())

    def positions(self) -> dict[Stream, Position]:
        """Where the streams of all members are here."""
        return dict(self._standing.positions)

    # connections

    def _on_message(self, number: int, link: Link, message: Message | None, now: datetime) -> None:
        link.last_heard = now
        if isinstance(message, Bye):
            self._exchange.see_off(link.peer, message.reason, now)
            self._end(number, message.reason)
        else:
            self._exchange.take(number, link, message, now)

    def _on_greeting(self, link: int, connection: _Connection, message: bytes, now: datetime) -> None:
        answers = list(connection.greeting.receive(message))
        if connection.greeting.is_done:
            # Before the answer: whoever is refused never takes the link for one that stands.
            self._exchange.check(connection.greeting.peer, now)
        for answer in answers:
            self._outputs.append(Send(link, framed(answer)))
        if connection.greeting.is_done:
            self._establish(link, connection, now)

    def _establish(self, link: int, connection: _Connection, now: datetime) -> None:
        peer = connection.greeting.peer
        for other, each in list(self._links.standing.items()):
            if each.peer.origin == peer.origin:
                self._outputs.append(Close(other, REPLACED))
                self.disconnected(other, REPLACED)
        connection.frames.most = LARGEST
        connection.link = Link(peer, now, now, now, is_initiator=connection.is_initiator)
        if not peer.profile.only_looks:
            self._exchange.admit(peer, now)
        self._links.standing[link] = connection.link
        self._exchange.rotation.welcome(link)
        self._links.begin(link, connection.link, self.comparing.heads())
        self._note("up", peer)

    def _look_at(self, link: int, connection: _Connection, now: datetime) -> None:
        each = connection.link
        if each is None:
            if now - connection.began > GREETING_TIME:
                self._refuse(link, "no greeting in time", "")
            return
        if now - each.last_heard > SILENT_AFTER:
            self._end(link, SILENT)
        elif now - each.last_said > SAID_EVERY:
            each.last_said = now
            self._links.say(link, Have({}))

    def _end_removed(self) -> None:
        """Whoever was put out of the network gets nothing from now on."""
        for link, each in list(self._links.standing.items()):
            if each.peer.origin in self._standing.removed:
                self._refuse(link, PUT_OUT, each.peer.profile.name)

    def _note(self, kind: str, peer: Peer, text: str = "") -> None:
        self._outputs.append(Notice(kind, peer.origin, peer.profile.name, text))

    def _break(self, link: int, connection: _Connection, error: ProtocolError) -> None:
        self._refuse(link, f"protocol error: {error}", connection.link.peer.profile.name if connection.link else "")

    def _refuse(self, link: int, reason: str, name: str) -> None:
        connection = self._connections.get(link)
        origin = connection.link.peer.origin if connection and connection.link else ""
        self._outputs.append(Notice("refused", origin, name, reason))
        self._outputs.append(Send(link, framed(written(Bye(reason)))))
        self._end(link, reason)

    def _end(self, link: int, reason: str) -> None:
        self._outputs.append(Close(link, reason))
        self.disconnected(link, reason)
