"""A link that an administrator cuts stays cut until it is mended; then nothing is lacking (RO-5)."""

from __future__ import annotations

from datetime import timedelta

from roamline.wires.ils.exchange import CUT
from tests.stories.world import SPOKE, World

SOON = timedelta(seconds=10)


def cut(world: World, name: str, *others: str) -> None:
    node = world.clusters[name].node
    assert node is not None
    node.cut(frozenset(world.clusters[other].identity.origin for other in others))


def are_linked(world: World, name: str, other: str) -> bool:
    node = world.clusters[name].node
    return node is not None and world.clusters[other].identity.origin in node.links()


def test_only_that_link_is_gone_and_all_converge_once_it_is_mended() -> None:
    world = World()
    world.add("HQ")
    world.add("EAST", server="HQ")
    world.add("WEST", SPOKE, "EAST")
    assert world.pass_until(lambda: are_linked(world, "HQ", "EAST") and are_linked(world, "WEST", "EAST"), SOON)
    cut(world, "HQ", "EAST")
    cut(world, "HQ", "EAST")
    world.log_in("erin", "WEST")
    assert world.pass_until(lambda: world.place("erin", "EAST") == "WEST", SOON)
    world.pass_time(timedelta(minutes=15))  # longer than the interval of repairs
    assert not are_linked(world, "HQ", "EAST")
    assert not are_linked(world, "EAST", "HQ")
    assert world.place("erin", "HQ") == ""
    assert any(CUT in reason for reason in world.clusters["EAST"].refusals)

    cut(world, "HQ")
    assert world.pass_until(lambda: world.place("erin", "HQ") == "WEST", SOON)
