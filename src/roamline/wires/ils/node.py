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

from roamline.wires.ils.comparing import Comparing
from roamline.wires.ils.handshake import HUB, Credentials, Handshake, Peer, Profile, Refused
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.link import Link, is_behind
from roamline.wires.ils.members import (
    MEMBER,
    WORDS_OF_LEAVING,
    Member,
    members,
    removed,
    words_of_admission,
)
from roamline.wires.ils.messages import (
    LARGEST,
    Ack,
    Bye,
    Frames,
    Have,
    Message,
    News,
    Please,
    ProtocolError,
    Welcome,
    framed,
    read,
    written,
)
from roamline.wires.ils.outputs import Close, Notice, Output, Send
from roamline.wires.ils.reception import ALARMED_AHEAD, take_in
from roamline.wires.ils.records import NOTHING, Head, Position, Stream
from roamline.wires.ils.store import Store

GREETING_TIME = timedelta(seconds=10)
SAID_EVERY = timedelta(seconds=15)
SILENT_AFTER = timedelta(seconds=45)
RELAY_PAUSE = timedelta(milliseconds=150)
MINT_PAUSE = timedelta(minutes=1)
LEAVES = "leaves the network"


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
        self._positions: dict[Stream, Position] = {}
        self._repaired: datetime | None = None
        self._minted: datetime | None = None
        self.members: dict[str, Member] = {}
        self._removed: frozenset[str] = frozenset()
        self.alarms: dict[str, str] = {}
        self.comparing = Comparing(store, identity.origin)
        self.learned: dict[str, datetime] = {}
        self._reload()

    # what happens

    def connected(self, link: int, binding: bytes, now: datetime, *, is_initiator: bool) -> None:
        """A connection stands; ``binding`` is the SHA-256 of the TLS certificate of the end that accepted it."""
        greeting = Handshake(
            self.identity, self.profile, self._credentials, binding, self._nonce(), is_initiator=is_initiator
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
                if link in self._connections:
                    self._on_message(link, connection, message, now)
        except Refused as refusal:
            self._refuse(link, refusal.reason, refusal.name)
        except ProtocolError as error:
            self._refuse(link, f"protocol error: {error}", connection.link.peer.profile.name if connection.link else "")

    def disconnected(self, link: int, reason: str = "connection lost") -> None:
        """A connection is gone."""
        connection = self._connections.pop(link, None)
        if connection is not None and connection.link is not None:
            self._note("down", connection.link.peer, reason)

    def changed(self, now: datetime) -> None:
        """The store may have new records of the cluster's own: read where its streams are, send what is new."""
        before = self._positions
        self._reload()
        for stream, position in self._positions.items():
            if before.get(stream) != position:
                self._spread(stream, now)
        self._pump(now)

    def tick(self, now: datetime) -> None:
        """Time has passed: repair when it is due, end what is silent, send what has waited."""
        for link, connection in list(self._connections.items()):
            self._look_at(link, connection, now)
        if self._repaired is None or now - self._repaired >= self._interval:
            self.repair(now)
        self._pump(now)

    def repair(self, now: datetime) -> None:
        """Say all positions anew, sign and compare what is held: mends whatever was missed (RO-4)."""
        self._repaired = now
        self._store.sign_heads(self.identity)
        self._reload()
        self._compare(now)
        for link, each in self._links().items():
            self._say(link, self._all_positions())
            self._say(link, Please())
            self._say_heads(link, each)
            for stream in self._positions:
                each.want(stream, now)
        self._pump(now)

    def leave(self) -> None:
        """Tell every peer that this cluster leaves the network."""
        for link in self._links():
            self._say(link, Bye(LEAVES))
            self._outputs.append(Close(link, LEAVES))

    def outputs(self) -> list[Output]:
        """What is to be done now, in this order; each is given once."""
        taken, self._outputs = self._outputs, []
        return taken

    # what there is to see

    def is_up_to(self, origin: str) -> bool:
        """Whether everything that a linked peer says it has is here."""
        link = self.links().get(origin)
        return (
            link is not None
            and link.knows_theirs
            and not any(
                is_behind(self._positions.get(stream, NOTHING), at)
                for stream, at in link.theirs.items()
                if stream.origin != self.identity.origin
            )
        )

    def links(self) -> dict[str, Link]:
        """The links that stand, by the peer's origin."""
        return {each.peer.origin: each for each in self._links().values()}

    def is_in_step(self) -> bool:
        """Whether every peer that is linked has all that is here."""
        return all(each.is_in_step(self._positions) for each in self._links().values())

    def positions(self) -> dict[Stream, Position]:
        """Where the streams of all members are here."""
        return dict(self._positions)

    # the rest is the machine's own

    def _on_message(self, link: int, connection: _Connection, message: bytes, now: datetime) -> None:
        if connection.link is None:
            for answer in connection.greeting.receive(message):
                self._outputs.append(Send(link, framed(answer)))
            if connection.greeting.is_done:
                self._establish(link, connection, now)
            return
        connection.link.last_heard = now
        self._on_exchange(link, connection.link, read(message), now)

    def _establish(self, link: int, connection: _Connection, now: datetime) -> None:
        peer = connection.greeting.peer
        if peer.origin in self._removed:
            raise Refused("it was put out of the network", peer.profile.name)
        self._refuse_taken_name(peer)
        for other, each in list(self._links().items()):
            if each.peer.origin == peer.origin:
                self._outputs.append(Close(other, "replaced by a newer link"))
                self.disconnected(other, "replaced by a newer link")
        connection.frames.most = LARGEST
        connection.link = Link(peer, now, now, now)
        if not peer.profile.only_looks:
            self._admit(peer, now)
        is_given = self.profile.role == HUB and not peer.profile.only_looks
        self._say(link, Welcome(self._store.network_key() if is_given else None))
        self._say(link, self._all_positions())
        self._say_heads(link, connection.link)
        for stream in self._positions:
            connection.link.want(stream, now)
        self._note("up", peer)

    def _refuse_taken_name(self, peer: Peer) -> None:
        for member in self.members.values():
            if member.name == peer.profile.name and member.origin != peer.origin:
                raise Refused(f"the Cluster ID {member.name} is another cluster's", peer.profile.name)

    def _admit(self, peer: Peer, now: datetime) -> None:
        member = Member(peer.origin, peer.public_key, peer.profile.role, peer.profile.name)
        if self.members.get(peer.origin) != member:
            self._store.say(self.identity, MEMBER, peer.origin, words_of_admission(member), now)
            self.changed(now)

    def _on_exchange(self, link: int, each: Link, message: Message | None, now: datetime) -> None:
        match message:
            case Have():
                each.on_have(message)
                self._look_for_own(message, now)
                for stream in self._positions if message.is_all else message.positions:
                    each.want(stream, now)
            case Ack():
                each.on_ack(message, now)
            case News():
                self._take(link, each, message, now)
            case Head():
                self._take_head(link, message, now)
            case Welcome(key):
                self._take_key(link, key, now)
            case Please():
                self._say(link, self._all_positions())
            case Bye(reason):
                self._see_off(each.peer, reason, now)
                self._end(link, reason)
        self._pump(now)

    def _take(self, link: int, each: Link, news: News, now: datetime) -> None:
        stream, before = news.stream, self._positions.get(news.stream)
        taken = take_in(news, self._store, before, self.members, self.identity.origin, now)
        self._say(link, Ack(stream, taken.position, taken.refused))
        if taken.refused:
            self._note("refused news", each.peer, f"{stream.kind} of {self._name(stream.origin)}: {taken.refused}")
        if taken.ahead is not None and taken.ahead > ALARMED_AHEAD:
            self.alarms[stream.origin] = f"its clock is {int(taken.ahead.total_seconds())} s ahead"
        elif taken.ahead is not None:
            self.alarms.pop(stream.origin, None)
        if taken.position != (before or NOTHING):
            self._advance(link, stream, taken.position, now)

    def _advance(self, link: int, stream: Stream, position: Position, now: datetime) -> None:
        self._positions[stream] = position
        self.learned[stream.origin] = now
        source = self._connections[link].link
        if source is not None:
            source.theirs[stream] = max(source.theirs.get(stream, NOTHING), position)
        is_from_hub = source is not None and source.peer.profile.role == HUB and self.profile.role == HUB
        self._spread(stream, now, is_from_hub=is_from_hub, but=link)
        self._outputs.append(
            Notice("learned", stream.origin, self._name(stream.origin), kinds=frozenset({stream.kind}))
        )
        if stream.kind == MEMBER:
            self._on_new_members()

    def _spread(self, stream: Stream, now: datetime, *, is_from_hub: bool = False, but: int | None = None) -> None:
        for link, each in self._links().items():
            if link == but:
                continue
            is_hub = each.peer.profile.role == HUB
            each.want(stream, now + RELAY_PAUSE if is_hub and is_from_hub else now)
            if is_hub and is_from_hub:
                self._say(link, Have({stream: self._positions[stream]}))

    def _on_new_members(self) -> None:
        before = set(self.members)
        self._reload()
        if set(self.members) - before:
            for link in self._links():  # what was refused because its origin was unknown is wanted now
                self._say(link, self._all_positions())

    def _take_head(self, link: int, head: Head, now: datetime) -> None:
        member = self.members.get(head.stream.origin)
        if member is None or head.stream.origin == self.identity.origin:
            return
        is_new = self.comparing.take(head, member)
        if is_new is None:
            self._note("refused news", self._peer(link), f"a head of {member.name} that it did not sign")
        elif is_new:
            self._reload()
            self._compare(now)
            for other, each in self._links().items():
                if other != link:
                    each.heads[head.stream] = head.position
                    self._say(other, head)

    def _compare(self, now: datetime) -> None:
        for stream in self.comparing.differing(self._positions, now):
            self._fetch_again(stream)

    def _fetch_again(self, stream: Stream) -> None:
        self._store.forget_position(stream)
        self._positions.pop(stream, None)
        self._outputs.append(
            Notice("differs", stream.origin, self._name(stream.origin), f"{stream.kind} differs: fetched again")
        )
        for link in self._links():
            self._say(link, Have({stream: NOTHING}))

    def _look_for_own(self, message: Have, now: datetime) -> None:
        """A peer that has more of this cluster's records than the cluster itself: it was set back to a backup."""
        for stream, theirs in message.positions.items():
            if stream.origin != self.identity.origin or not is_behind(self._positions.get(stream, NOTHING), theirs):
                continue
            if self._minted is None or now - self._minted > MINT_PAUSE:
                self._minted = now
                self._store.mint_epoch(self.identity, now, theirs.epoch)
                self._outputs.append(
                    Notice("set back", self.identity.origin, self.profile.name, "others know more of it: new epoch")
                )
                self.changed(now)
                for link, each in self._links().items():
                    self._say_heads(link, each)

    def _take_key(self, link: int, key: bytes | None, now: datetime) -> None:
        is_ours = self._store.network_key() == key
        if key is not None and not is_ours and self._connections[link].is_initiator:
            self._store.adopt_network_key(key, now)
            # Who linked to this hub before it had the key has been told that there is none.
            for other, connection in self._connections.items():
                if self.profile.role == HUB and connection.link is not None and not connection.is_initiator:
                    self._say(other, Welcome(key))

    def _see_off(self, peer: Peer, reason: str, now: datetime) -> None:
        if reason == LEAVES and self.profile.role == HUB:
            self._store.say(self.identity, MEMBER, peer.origin, WORDS_OF_LEAVING, now)
            self.changed(now)

    def _look_at(self, link: int, connection: _Connection, now: datetime) -> None:
        each = connection.link
        if each is None:
            if now - connection.began > GREETING_TIME:
                self._refuse(link, "no greeting in time", "")
            return
        if now - each.last_heard > SILENT_AFTER:
            self._end(link, "silent")
        elif now - each.last_said > SAID_EVERY:
            each.last_said = now
            self._say(link, Have({}))

    def _pump(self, now: datetime) -> None:
        for link, each in self._links().items():
            for news in each.next_news(self._positions, self._store, now):
                self._say(link, news)
                each.last_said = now
            if each.is_in_step(self._positions):
                each.behind_since, each.last_step = None, now
            elif each.behind_since is None:
                each.behind_since = now

    def _all_positions(self) -> Have:
        return Have(dict(self._positions), is_all=True)

    def _say_heads(self, link: int, each: Link) -> None:
        for head in self._store.heads():
            if head.stream.origin in self.members and each.heads.get(head.stream) != head.position:
                each.heads[head.stream] = head.position
                self._say(link, head)

    def _reload(self) -> None:
        own = Member(self.identity.origin, self.identity.public_key, self.profile.role, self.profile.name)
        words = list(self._store.of_kind(MEMBER))
        self.members = members(own, words)
        self._removed = removed(own, self.members, words)
        found = self._store.positions()
        self._positions = {stream: at for stream, at in found.items() if stream.origin in self.members}

    def _links(self) -> dict[int, Link]:
        return {link: each.link for link, each in self._connections.items() if each.link is not None}

    def _peer(self, link: int) -> Peer:
        return self._connections[link].greeting.peer

    def _name(self, origin: str) -> str:
        member = self.members.get(origin)
        return member.name if member else origin

    def _say(self, link: int, message: Message) -> None:
        self._outputs.append(Send(link, framed(written(message))))

    def _note(self, kind: str, peer: Peer, text: str = "") -> None:
        self._outputs.append(Notice(kind, peer.origin, peer.profile.name, text))

    def _refuse(self, link: int, reason: str, name: str) -> None:
        connection = self._connections.get(link)
        origin = connection.link.peer.origin if connection and connection.link else ""
        self._outputs.append(Notice("refused", origin, name, reason))
        self._outputs.append(Send(link, framed(written(Bye(reason)))))
        self._end(link, reason)

    def _end(self, link: int, reason: str) -> None:
        self._outputs.append(Close(link, reason))
        self.disconnected(link, reason)
