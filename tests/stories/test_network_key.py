"""The network's key reaches every cluster, in whatever order they come up, and nobody who only looks."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.world import HUB, SPOKE, World

LONG_ENOUGH = timedelta(seconds=20)


def test_a_spoke_that_linked_before_its_hub_had_the_key_gets_it_too() -> None:
    world = World()
    hq = world.add("HQ")
    world.stop("HQ")
    east, west = world.add("EAST", HUB, "HQ"), world.add("WEST", SPOKE, "EAST")
    world.pass_time(timedelta(seconds=5))
    assert west.store.key_ring() == ()
    world.start("HQ")
    assert world.pass_until(lambda: bool(west.store.key_ring()), LONG_ENOUGH)
    assert west.store.key_ring() == east.store.key_ring() == hq.store.key_ring()
