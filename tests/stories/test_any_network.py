"""Whatever happens to a network: after the last cut has healed everybody holds the same, and the newest log-in wins."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.stories.world import HUB, SPOKE, World

NAMES = ("HQ", "EAST", "SOUTH", "WEST", "NORTH")
USERS = ("erin", "bob")
names, users = st.sampled_from(NAMES), st.sampled_from(USERS)
minutes = st.integers(-10, 10)


class AnyNetwork(RuleBasedStateMachine):
    """Three hubs and two spokes; cuts, crashes, restored backups, skewed clocks, doubled and reordered messages."""

    @initialize(seed=st.integers(0, 2**32), is_noisy=st.booleans())
    def begin(self, seed: int, is_noisy: bool) -> None:
        self.world = World(seed, is_noisy=is_noisy)
        self.world.add("HQ")
        self.world.add("EAST", HUB, "HQ")
        self.world.add("SOUTH", HUB, "EAST")
        self.world.add("WEST", SPOKE, "EAST")
        self.world.add("NORTH", SPOKE, "HQ")
        self.backups: dict[str, Any] = {}
        self.number = 1000
        self.newest: dict[str, tuple[tuple[int, str], str, bool]] = {}
        self.is_restored = False
        assert self.world.pass_until(self._is_one, timedelta(minutes=1))

    @rule(user=users, name=names)
    def log_in(self, user: str, name: str) -> None:
        rank = self.world.log_in(user, name), self.world.clusters[name].identity.origin
        self.newest[user] = max(self.newest.get(user, ((0, ""), "", False)), (rank, name, False))

    @rule(user=users, name=names)
    def log_out(self, user: str, name: str) -> None:
        found = self.world.where(user, name)
        if found is not None and self.world.place(user, name) == name:
            self.world.log_out(user, name)
            rank, place, _ended = self.newest[user]
            if (found.since, found.origin) == rank:
                self.newest[user] = (rank, place, True)

    @rule(name=names, count=st.integers(1, 30))
    def publish(self, name: str, count: int) -> None:
        self.world.say_many(name, "number", [str(self.number + i) for i in range(count)])
        self.number += count

    @rule(name=names, back=st.integers(1, 50))
    def drop(self, name: str, back: int) -> None:
        if self.world.held(name, name, "number", str(self.number - back)) is not None:
            self.world.say(name, "number", str(self.number - back), None)

    @rule(one=names, other=names)
    def cut(self, one: str, other: str) -> None:
        if one != other:
            self.world.cut(one, other)

    @rule(one=names, other=names)
    def heal(self, one: str, other: str) -> None:
        self.world.heal(one, other)

    @rule(name=names)
    def crash(self, name: str) -> None:
        if self.world.clusters[name].node is not None:
            self.world.stop(name)

    @rule(name=names)
    def start(self, name: str) -> None:
        if self.world.clusters[name].node is None:
            self.world.start(name)

    @rule(name=names, skew=minutes)
    def skew(self, name: str, skew: int) -> None:
        self.world.clusters[name].skew = timedelta(minutes=skew)

    @rule(name=names)
    def back_up(self, name: str) -> None:
        self.backups[name] = self.world.back_up(name)

    @rule(name=names)
    def restore(self, name: str) -> None:
        if name in self.backups:
            self.is_restored = True
            self.world.restore(name, self.backups[name])

    @rule(span=st.sampled_from([10, 100, 1000, 60_000]))
    def wait(self, span: int) -> None:
        self.world.pass_time(timedelta(milliseconds=span))

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.heal_all()
        for name, cluster in self.world.clusters.items():
            if cluster.node is None:
                self.world.start(name)
        assert self.world.pass_until(self._is_one, timedelta(minutes=25)), self._story()
        for user, (_rank, place, ended) in self.newest.items():
            if not self.is_restored:  # a backup does not know what was done after it
                expected = "" if ended else place
                assert {self.world.place(user, name) for name in NAMES} == {expected}, self._story()

    def _is_one(self) -> bool:
        held = [self.world.everything(name) for name in NAMES]
        return all(each == held[0] for each in held) and len(self.world.clusters["WEST"].node.members) == len(NAMES)

    def _story(self) -> str:
        return str({name: [str(each) for each in self.world.clusters[name].notices[-10:]] for name in NAMES})


# The same networks at every run, in under a minute; ``ROAMLINE_NETWORKS=1000`` looks at that many others.
MANY = int(os.environ.get("ROAMLINE_NETWORKS", "0"))
AnyNetwork.TestCase.settings = settings(
    max_examples=MANY or 12, derandomize=not MANY, stateful_step_count=30, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.proves("RO-5")
class TestAnyNetwork(AnyNetwork.TestCase):
    """Run by Hypothesis."""
