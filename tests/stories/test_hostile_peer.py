"""A cluster that was let in and lies: it can say what it likes of itself, and nothing of anybody else (RO-3, S-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from roamline.kernel.hybrid_clock import stamp_at
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.members import MEMBER, Member, words_of_admission
from roamline.wires.ils.messages import News, framed, written
from roamline.wires.ils.records import Chunk, Position, Record, Stream, seal, signed_head
from tests.stories.world import HUB, SPOKE, START, World


@pytest.fixture
def world() -> World:
    """HQ and EAST, hubs; ROGUE, a member that will lie."""
    world = World()
    world.add("HQ")
    world.add("EAST", HUB, "HQ")
    world.add("ROGUE", SPOKE, "HQ")
    world.log_in("erin", "EAST")
    assert world.pass_until(lambda: world.place("erin", "ROGUE") == "EAST", timedelta(seconds=10))
    world.pass_time(timedelta(seconds=5))
    return world


def link_of_rogue(world: World) -> int:
    """ROGUE's end of its link to HQ."""
    ends = world._ends.items()
    return next(link for link, (other, _, _) in ends if other.name == "HQ" and world._owner(link) == "ROGUE")


def send(world: World, make: Callable[[Identity, Identity], News]) -> None:
    """Have ROGUE send something over its link to HQ."""
    rogue, east = (world.clusters[name].identity for name in ("ROGUE", "EAST"))
    link = link_of_rogue(world)
    world._send(link, framed(written(make(rogue, east))))
    world.pass_time(timedelta(seconds=5))


def lie(identity: Identity, stream: Stream, key: str, payload: str | None) -> News:
    epoch = stamp_at(START + timedelta(hours=1))
    record = Record(50, epoch + 50, key, payload)
    chunk = Chunk(seal(identity, stream.kind, epoch, [record]), (record,))
    return News(stream, Position(epoch, 0), (chunk,))


@pytest.mark.proves("RO-3", "S-8")
def test_it_cannot_say_that_a_user_logged_in_or_out_elsewhere(world: World) -> None:
    before = world.everything("HQ")
    send(world, lambda rogue, east: lie(rogue, Stream(east.origin, "login"), "erin", '{"ended":true}'))
    assert world.everything("HQ") == before
    assert world.place("erin", "HQ") == "EAST"
    assert any(each.kind == "refused news" and each.name == "ROGUE" for each in world.clusters["HQ"].notices)


def test_it_cannot_write_in_the_name_of_the_one_it_talks_to(world: World) -> None:
    before = world.everything("HQ")
    hq = world.clusters["HQ"].identity
    send(world, lambda rogue, east: lie(rogue, Stream(hq.origin, "number"), "1000", "{}"))
    assert world.everything("HQ") == before


def test_it_cannot_invent_a_cluster(world: World) -> None:
    ghost = Identity(bytes([7]) * 32)
    before = world.everything("HQ")
    send(world, lambda rogue, east: lie(ghost, Stream(ghost.origin, "number"), "1000", "{}"))
    assert world.everything("HQ") == before
    words = words_of_admission(Member(ghost.origin, ghost.public_key, HUB, "GHOST"))
    world.clusters["ROGUE"].store.say(world.clusters["ROGUE"].identity, MEMBER, ghost.origin, words, world.now)
    world._wake(world.clusters["ROGUE"])
    world.pass_time(timedelta(seconds=5))
    node = world.clusters["EAST"].node
    assert node is not None
    assert ghost.origin not in node.members  # a spoke's word brings nobody in


def test_a_false_head_makes_nobody_forget(world: World) -> None:
    before = world.everything("EAST")
    east = world.clusters["EAST"].identity
    forged = signed_head(world.clusters["ROGUE"].identity, "login", Position(2**61, 0), 0, 0)
    head = type(forged)(Stream(east.origin, "login"), forged.position, 0, 0, forged.signature)
    link = link_of_rogue(world)
    world._send(link, framed(written(head)))
    world.pass_time(timedelta(seconds=5))
    assert world.everything("EAST") == before
    assert world.place("erin", "HQ") == "EAST"


def test_one_that_breaks_the_protocol_is_cut_off_and_the_others_go_on(world: World) -> None:
    link = link_of_rogue(world)
    world._send(link, framed(b"nonsense"))
    world.pass_time(timedelta(milliseconds=200))
    assert any("protocol error" in each for each in world.clusters["HQ"].refusals)
    world.log_in("erin", "HQ")
    assert world.pass_until(lambda: world.place("erin", "EAST") == "HQ", timedelta(seconds=1))
