"""Ten hubs with twenty spokes each and five thousand numbers, in one process, with cuts and heals (RO-1, RO-5)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

import pytest

from roamline.wires.ils import comparing, node, records
from roamline.wires.ils.identity import is_signed
from roamline.wires.ils.messages import read
from tests.stories.world import HUB, SPOKE, World

HUBS, SPOKES, NUMBERS = 10, 20, 5000


def network(hubs: int, spokes: int) -> World:
    """Hubs that each joined the one before, so none was told of all; spokes under each."""
    world = World(seed=5)
    for hub in range(hubs):
        world.add(f"H{hub}", HUB, f"H{hub - 1}" if hub else "")
    for hub in range(hubs):
        for spoke in range(spokes):
            world.add(f"H{hub}S{spoke}", SPOKE, f"H{hub}")
    return world


def numbers_held(world: World, name: str) -> int:
    store = world.clusters[name].store
    return sum(store.fingerprint(stream)[1] for stream in store.positions() if stream.kind == "number")


@pytest.fixture(autouse=True)
def found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a message or a signature says is found out once, not by each of two hundred clusters in one process."""
    monkeypatch.setattr(node, "read", lru_cache(2000)(read))
    for module in (records, comparing):
        monkeypatch.setattr(module, "is_signed", lru_cache(20_000)(is_signed))


@pytest.mark.proves("RO-1", "RO-5")
def test_all_converge_after_cuts_and_heals() -> None:
    world = network(HUBS, SPOKES)
    clusters = list(world.clusters)
    each = NUMBERS // (HUBS * SPOKES)
    spokes = [name for name in clusters if "S" in name]
    for i, name in enumerate(spokes):
        world.say_many(name, "number", [str(10_000 + i * each + k) for k in range(each)])
    hub_links = {frozenset((f"H{a}", f"H{b}")) for a in range(HUBS) for b in range(a)}
    chosen = random.Random(7)
    for one, other in chosen.sample(sorted(sorted(pair) for pair in hub_links), len(hub_links) // 2):
        world.cut(one, other)
    world.pass_time(timedelta(seconds=3))
    world.stop("H3")
    erin = chosen.sample(spokes, 5)
    for place in erin:
        world.log_in("erin", place)
        world.pass_time(timedelta(milliseconds=500))
    world.heal_all()
    world.start("H3")

    def is_one() -> bool:
        return all(numbers_held(world, name) == NUMBERS for name in clusters) and all(
            world.place("erin", name) == erin[-1] for name in clusters
        )

    assert passes(world, is_one)
    assert passes(world, lambda: is_full_mesh(world))


def passes(world: World, is_so: Callable[[], bool]) -> bool:
    """Let at most a minute pass until something is so."""
    for _second in range(60):
        if is_so():
            return True
        world.pass_time(timedelta(seconds=1))
    return False


def is_full_mesh(world: World) -> bool:
    nodes = [world.clusters[f"H{i}"].node for i in range(HUBS)]
    origins = {node.identity.origin for node in nodes if node is not None}
    return all(node is not None and origins - {node.identity.origin} <= set(node.links()) for node in nodes)
