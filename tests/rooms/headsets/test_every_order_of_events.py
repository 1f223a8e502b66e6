"""The rules hold in every reachable state, whatever the order of events (HS-41)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from roamline.rooms.headsets.rules.terms import On
from tests.rooms.headsets.simulated_site import BOBS, Deed, Phone, everything_that_can_happen

DEEDS = list(everything_that_can_happen())


def reach(start: Phone, deeds: Iterable[Deed], longest: int) -> dict[tuple[object, ...], tuple[str, ...]]:
    """Every state that up to ``longest`` events lead to, with a shortest way; each event is tried in each state.

    Every sequence of events leads along such states, so trying each event once in each is trying every sequence.
    """
    seen: dict[tuple[object, ...], tuple[str, ...]] = {start.key(): ()}
    frontier = [start]
    chosen = list(deeds)
    for _length in range(longest):
        reached = []
        for phone in frontier:
            way = seen[phone.key()]
            for name, deed in chosen:
                after = phone.copy()
                try:
                    deed(after)
                except AssertionError as broken:
                    raise AssertionError(" > ".join([*way, name])) from broken
                if after.key() not in seen:
                    seen[after.key()] = (*way, name)
                    reached.append(after)
        frontier = reached
    return seen


@pytest.mark.proves("HS-41")
@pytest.mark.parametrize("pinless", [False, True])
def test_no_sequence_of_five_events_breaks_a_rule(pinless: bool) -> None:
    assert len(reach(Phone(pinless=pinless), DEEDS, 5)) > 2000


@pytest.mark.proves("HS-41")
@pytest.mark.parametrize("pinless", [False, True])
def test_no_reachable_state_breaks_a_rule(pinless: bool) -> None:
    left_out = {"menu", "alice's headset at another phone", "headset sign-in is switched off or on"}
    fewer = [deed for deed in DEEDS if BOBS not in deed[0] and "list" not in deed[0] and deed[0] not in left_out]
    start = Phone(pinless=pinless)
    everything = reach(start, fewer, 60)
    assert max(len(way) for way in everything.values()) < 60, "the end was reached"


class AnyOrder(RuleBasedStateMachine):
    """Long random orders of events: the simulation checks itself after each."""

    @initialize(pinless=st.booleans(), prompts=st.booleans(), full=st.booleans())
    def begin(self, pinless: bool, prompts: bool, full: bool) -> None:
        self.phone = Phone(pinless=pinless, prompts=prompts, full_users=frozenset({"alice"} if full else ()))

    @rule(which=st.integers(0, len(DEEDS) - 1))
    def something_happens(self, which: int) -> None:
        DEEDS[which][1](self.phone)

    @rule()
    def nothing_illegal_changes_anything(self) -> None:
        before = self.phone.state
        self.phone.happens(On.HEADSET_ASSOCIATED, "never seen") if before.screen.serial == "" else None
        assert self.phone.state == before

    @invariant()
    def one_owner_each(self) -> None:
        if hasattr(self, "phone"):
            assert self.phone.owners[BOBS] == "bob"


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestAnyOrder = AnyOrder.TestCase
