"""A world of clusters: machines with stores in memory, a network between them that can be cut, and one clock."""

from __future__ import annotations

import copy
import hashlib
import heapq
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from roamline.rooms.clusters.rules import LOGIN, LogIn, log_in_said, newest
from roamline.wires.ils.calling import addresses_to_call
from roamline.wires.ils.handshake import HUB, SPOKE, Credentials, Profile, password_key
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import NetworkKey
from roamline.wires.ils.members import MEMBER, WORDS_OF_REMOVAL
from roamline.wires.ils.node import Node
from roamline.wires.ils.outputs import Close, Notice, Send
from roamline.wires.ils.records import Record, Stream
from roamline.wires.ils.store import Store
from tests.stories.memory_store import MemoryStore

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LOOK_EVERY = timedelta(milliseconds=100)
CALL_EVERY = timedelta(seconds=1)
PASSWORD = password_key("a shared password")


@lru_cache(maxsize=1000)
def address_said(payload: str) -> str:
    """Where a cluster says that its ILS listens."""
    return str(json.loads(payload)["address"])


class WorldStore(Store, Protocol):
    """A store with what people do and see."""

    def say_many(self, identity: Identity, kind: str, said: Sequence[tuple[str, str | None]], now: datetime) -> int: ...

    def get(self, stream: Stream, key: str) -> Record | None: ...

    def make_key(self, identity: Identity, not_for: frozenset[str], now: datetime) -> None: ...


@dataclass
class Cluster:
    """One cluster: its machine runs or not; its store is what is on its disk."""

    name: str
    role: str
    server: str
    identity: Identity
    store: WorldStore
    credentials: Credentials
    skew: timedelta = timedelta(0)
    node: Node | None = None
    calls: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    serial: int = 0


class World:
    """Clusters by name; time goes on with :meth:`pass_time` only."""

    def __init__(self, seed: int = 0, interval: timedelta = timedelta(minutes=10), *, is_noisy: bool = False) -> None:
        self.now = START
        self.clusters: dict[str, Cluster] = {}
        self._interval, self._is_noisy = interval, is_noisy
        self._random = random.Random(seed)
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._ends: dict[int, tuple[Cluster, int, str]] = {}  # link -> the other end: cluster, its link, its address
        self._arrival: dict[int, datetime] = {}
        self._cuts: set[frozenset[str]] = set()
        self.sent = 0
        self.given: dict[str, tuple[Identity, WorldStore]] = {}

    # building

    def add(self, name: str, role: str = HUB, server: str = "", password: bytes = PASSWORD) -> Cluster:
        own = Identity(hashlib.sha256(name.encode()).digest()), MemoryStore(self.now)
        identity, store = self.given.get(name, own)
        cluster = Cluster(name, role, server, identity, store, Credentials(password_key=password))
        if not server:
            cluster.store.keep_key_ring((NetworkKey(0, bytes(32)),), self.now)
        self.clusters[name] = cluster
        self.start(name)
        return cluster

    def start(self, name: str) -> None:
        cluster = self.clusters[name]
        profile = Profile(name, cluster.role, f"{name}:7501")
        said = json.dumps({"name": name, "role": cluster.role, "address": profile.address})
        if self.held(name, name, "cluster", "") != said:
            cluster.store.say(cluster.identity, "cluster", "", said, self.time_at(cluster))
        cluster.node = Node(
            cluster.identity, profile, cluster.credentials, cluster.store, lambda: self._random.randbytes(32),
            self._interval,
        )  # fmt: skip
        cluster.serial += 1
        self._look(cluster, cluster.serial)
        self._call(cluster, cluster.serial)

    def stop(self, name: str) -> None:
        """The cluster is gone at once; what is on its disk stays."""
        cluster = self.clusters[name]
        cluster.node = None
        cluster.calls.clear()
        for link in [link for link, (other, _, _) in self._ends.items() if other is cluster]:
            self._lose(link)
        for link in [each for each, end in self._ends.items() if end[0] is cluster]:
            self._ends.pop(link)

    def back_up(self, name: str) -> WorldStore:
        return copy.deepcopy(self.clusters[name].store)

    def restore(self, name: str, backup: WorldStore) -> None:
        self.stop(name)
        self.clusters[name].store = copy.deepcopy(backup)
        self.start(name)

    def cut(self, one: str, other: str) -> None:
        """Nothing gets through between two clusters, and each notices that the connection is gone."""
        self._cuts.add(frozenset((one, other)))
        for link, (cluster, _, _) in list(self._ends.items()):
            end = self._ends.get(link)
            if end is not None and {cluster.name, self._owner(link)} == {one, other}:
                self._lose(link)

    def heal(self, one: str, other: str) -> None:
        self._cuts.discard(frozenset((one, other)))

    def heal_all(self) -> None:
        self._cuts.clear()

    # what people do

    def say(self, name: str, kind: str, key: str, payload: dict[str, object] | None) -> int:
        cluster = self.clusters[name]
        text = None if payload is None else json.dumps(payload)
        stamp = cluster.store.say_many(cluster.identity, kind, [(key, text)], self.time_at(cluster))
        self._wake(cluster)
        return stamp

    def say_many(self, name: str, kind: str, keys: list[str]) -> None:
        cluster = self.clusters[name]
        cluster.store.say_many(cluster.identity, kind, [(key, "{}") for key in keys], self.time_at(cluster))
        self._wake(cluster)

    def log_in(self, user: str, name: str) -> int:
        return self.say(name, LOGIN, user, {"ended": False})

    def log_out(self, user: str, name: str) -> None:
        cluster = self.clusters[name]
        mine = cluster.store.get(Stream(cluster.identity.origin, LOGIN), user)
        said = log_in_said(cluster.identity.origin, mine.stamp, mine.payload) if mine else None
        if said is not None and not said.ended:
            self.say(name, LOGIN, user, {"since": said.since, "ended": True})

    def rotate(self, name: str, not_for: frozenset[str] = frozenset()) -> None:
        cluster = self.clusters[name]
        cluster.store.make_key(cluster.identity, not_for, self.time_at(cluster))
        if cluster.node is not None:
            cluster.node.repair(self.time_at(cluster))
            self._do(cluster)

    def put_out(self, name: str, by: str) -> None:
        cluster, origin = self.clusters[by], self.clusters[name].identity.origin
        cluster.store.say(cluster.identity, MEMBER, origin, WORDS_OF_REMOVAL, self.time_at(cluster))
        self.rotate(by, frozenset({origin}))

    # what can be seen

    def where(self, user: str, at: str) -> LogIn | None:
        found = []
        for origin, record in self.clusters[at].store.of_kind(LOGIN):
            said = log_in_said(origin, record.stamp, record.payload) if record.key == user else None
            if said is not None:
                found.append(said)
        return newest(found)

    def place(self, user: str, at: str) -> str:
        """The cluster at which ``at`` believes the user to be; empty: at home."""
        found = self.where(user, at)
        return "" if found is None or found.ended else self.name_of(found.origin)

    def held(self, at: str, origin: str, kind: str, key: str) -> str | None:
        record = self.clusters[at].store.get(Stream(self.clusters[origin].identity.origin, kind), key)
        return record.payload if record else None

    def everything(self, at: str) -> dict[tuple[str, str, str], tuple[int, str]]:
        """All live records that a cluster holds."""
        store = self.clusters[at].store
        return {
            (stream.origin, stream.kind, record.key): (record.stamp, record.payload or "")
            for stream in store.positions()
            for origin, record in store.of_kind(stream.kind)
            if origin == stream.origin
        }

    def name_of(self, origin: str) -> str:
        return next(each.name for each in self.clusters.values() if each.identity.origin == origin)

    def time_at(self, cluster: Cluster) -> datetime:
        return self.now + cluster.skew

    # time and the network

    def pass_time(self, span: timedelta) -> None:
        end = self.now + span
        while self._events and self._events[0][0] <= end:
            self.now, _, action = heapq.heappop(self._events)
            action()
        self.now = end

    def pass_until(self, is_so: Callable[[], bool], most: timedelta) -> bool:
        """Let time pass until something is so; whether it came to be within ``most``."""
        end = self.now + most
        while not is_so():
            if not self._events or self._events[0][0] > end:
                return False
            self.now, _, action = heapq.heappop(self._events)
            action()
        return True

    def _at(self, when: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._count), action))

    def _look(self, cluster: Cluster, serial: int) -> None:
        if cluster.serial == serial and cluster.node is not None:
            cluster.node.tick(self.time_at(cluster))
            self._do(cluster)
            self._at(self.now + LOOK_EVERY, lambda: self._look(cluster, serial))

    def _call(self, cluster: Cluster, serial: int) -> None:
        node = cluster.node
        if cluster.serial != serial or node is None:
            return
        linked = set(node.links())
        wanted = addresses_to_call(
            cluster.identity.origin, cluster.server and f"{cluster.server}:7501", node.members,
            self._addresses(cluster), linked,
        )  # fmt: skip
        for address in sorted(wanted - cluster.calls):
            self._connect(cluster, self.clusters[address.partition(":")[0]], address)
        self._at(self.now + CALL_EVERY, lambda: self._call(cluster, serial))

    def _addresses(self, cluster: Cluster) -> dict[str, str]:
        said = cluster.store.of_kind("cluster")
        return {origin: address_said(record.payload or "{}") for origin, record in said}

    def _connect(self, caller: Cluster, called: Cluster, address: str) -> None:
        if called.node is None or caller.node is None or frozenset((caller.name, called.name)) in self._cuts:
            return
        one, other = next(self._count), next(self._count)
        self._ends[one], self._ends[other] = (called, other, ""), (caller, one, "")
        caller.calls.add(address)
        self._ends[one] = (called, other, address)
        binding = hashlib.sha256(called.identity.public_key).digest()
        called.node.connected(other, binding, self.time_at(called), is_initiator=False)
        caller.node.connected(one, binding, self.time_at(caller), is_initiator=True)
        self._do(called)
        self._do(caller)

    def _owner(self, link: int) -> str:
        other, back, _ = self._ends[link]
        return self._ends[back][0].name if back in self._ends else other.name

    def _lose(self, link: int) -> None:
        """Both ends of a connection notice that it is gone."""
        found = self._ends.pop(link, None)
        if found is None:
            return
        other, back, address = found
        mine = self._ends.pop(back, None)
        for cluster, each, called in ((mine and mine[0], link, address), (other, back, mine[2] if mine else "")):
            if cluster is not None:
                cluster.calls.discard(called)
                if cluster.node is not None:
                    cluster.node.disconnected(each)
                    self._do(cluster)

    def _wake(self, cluster: Cluster) -> None:
        if cluster.node is not None:
            cluster.node.changed(self.time_at(cluster))
            self._do(cluster)

    def _do(self, cluster: Cluster) -> None:
        if cluster.node is None:
            return
        for output in cluster.node.outputs():
            match output:
                case Send(link, content):
                    self._send(link, content)
                case Close(link, _reason):
                    self._at(self._arrival.get(link, self.now), lambda link=link: self._lose(link))
                case Notice():
                    self._notice(cluster, output)

    def _notice(self, cluster: Cluster, notice: Notice) -> None:
        cluster.notices.append(notice)
        if notice.kind == "refused":
            cluster.refusals.append(f"{notice.name}: {notice.text}")
        if LOGIN in notice.kinds:
            self._at(self.now, lambda: self._end_older_sessions(cluster))

    def _end_older_sessions(self, cluster: Cluster) -> None:
        """What the mobility of a cluster does when it learns of a newer log-in elsewhere (RO-21)."""
        own = cluster.identity.origin
        for origin, record in cluster.store.of_kind(LOGIN):
            if origin == own and self.place(record.key, cluster.name) not in (cluster.name, ""):
                self.log_out(record.key, cluster.name)

    def _send(self, link: int, content: bytes) -> None:
        if link not in self._ends:
            return
        self.sent += 1
        arrives = max(self.now + timedelta(milliseconds=self._random.uniform(1, 20)), self._arrival.get(link, self.now))
        if self._is_noisy and b'"t":"news"' in content[:16]:
            arrives += timedelta(milliseconds=self._random.uniform(0, 300))
            for _again in range(self._random.randrange(3)):
                later = arrives + timedelta(milliseconds=self._random.uniform(0, 500))
                self._at(later, lambda: self._deliver(link, content))
        else:
            self._arrival[link] = arrives
        self._at(arrives, lambda: self._deliver(link, content))

    def _deliver(self, link: int, content: bytes) -> None:
        found = self._ends.get(link)
        if found is None or found[0].node is None or found[1] not in self._ends:
            return
        cluster, back, _ = found
        arrived = cluster.node.read_ahead(back, content)
        if arrived is None:
            cluster.node.received(back, content, self.time_at(cluster))
        else:
            cluster.node.take(back, arrived, self.time_at(cluster))
        self._do(cluster)


__all__ = ["HUB", "SPOKE", "Cluster", "World"]
