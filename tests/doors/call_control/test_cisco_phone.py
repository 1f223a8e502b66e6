"""A Cisco phone of several lines at a real Kamailio: the strict simulated phone, booted from the file it would get."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from roamline.doors.provisioning import device_files
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Button, PhoneModel
from tests.doors.call_control.watching import Watch
from tests.simulated_phone.fetching import FileServer
from tests.simulated_phone.phone import SimulatedPhone
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]
DESK, SHARED = "SEP0011AA220001", "1000"


@dataclass
class Handed(FileServer):
    """The phone's own file as it was made for it; no other file is there."""

    content: bytes = b""

    def fetch(self, name: str) -> bytes | None:
        return self.content if name == f"{DESK}.cnf.xml" else b"<versionStamp></versionStamp>"


@pytest.fixture
def desk(site, settings):
    """A Cisco phone of three lines; the third is also a softphone's."""
    settings.CONFIG = site.config
    model = PhoneModel.objects.create(name="Cisco 8851", product_number=684, keys=10, max_lines=5, registers_once=True)
    row = site.phone(DESK, "1001", "1002", SHARED, model=model)
    site.rotate(row, secrets.secret_of(DESK, row.configuration_version + 1).reveal())
    files = Handed("127.0.0.1", 0, 0, content=device_files.render(DESK) or b"")
    return SimulatedPhone(DESK, "8851", files)


@pytest.fixture
def softphones(site):
    """Who calls, with a BLF key for the shared number, and who shares it."""
    caller = site.phone("SEP02", "1003")
    Button.objects.create(profile=caller.own_profile, position=3, kind="blf", label=SHARED, number=SHARED)
    site.phone("SEP03", SHARED)
    phones = site.sip("SEP02"), site.sip("SEP03")
    assert [phone.register(line) for phone, line in zip(phones, ("1003", SHARED), strict=True)] == [200, 200]
    return phones


def in_service(desk: SimulatedPhone, scene) -> None:
    """Play a scene with the phone booted, and shut it down."""

    async def all_of_it() -> None:
        async with asyncio.timeout(60):
            await desk.boot()
            try:
                await scene()
            finally:
                await desk.shut_down()

    asyncio.run(all_of_it())


def test_each_of_three_lines_rings_as_itself_by_one_registration(desk, softphones, site):
    caller, sharer = softphones
    assert sharer.register(SHARED, expires=0) == 200

    async def scene() -> None:
        assert [line.name for line in desk.running.lines] == ["1001", "1002", SHARED]
        for line in desk.running.lines:
            outgoing = await asyncio.to_thread(caller.dial, line.name, "1003")
            call = await desk.rings()
            assert call.line is line
            call.decline()
            assert (await asyncio.to_thread(caller.finish, outgoing)).status == 486

    in_service(desk, scene)


@pytest.mark.parametrize("by", ["the desk phone", "the softphone"])
def test_a_shared_line_rings_on_both_phones_until_one_answers_and_the_lamp_says_so(desk, softphones, by):
    caller, sharer = softphones
    watch = Watch(caller, "1003", SHARED)
    assert watch.subscribe() in (200, 202)

    def talking() -> bool:
        watch.take()
        return "<state>confirmed</state>" in watch.notified[-1].body

    async def scene() -> None:
        outgoing = await asyncio.to_thread(caller.dial, SHARED, "1003")
        at_desk, at_soft = await desk.rings(), await asyncio.to_thread(sharer.rings)
        assert at_desk.line is desk.running.lines[2]
        await asyncio.to_thread(watch.shows, True)
        assert not talking()
        if by == "the desk phone":
            at_desk.answer()
            await asyncio.to_thread(sharer.expect, "CANCEL")
            sharer.reply(at_soft.invite, "487 Request Terminated", at_soft.local)
        else:
            at_soft.answer()
            await desk.until(lambda: f"stops ringing:{SHARED}" in desk.did, "silent")
        assert (await asyncio.to_thread(caller.finish, outgoing)).status == 200
        await asyncio.to_thread(eventually, talking, "the lamp of a call that was answered")
        assert (await asyncio.to_thread(outgoing.hang_up)).status == 200
        await asyncio.to_thread(watch.shows, False)

    in_service(desk, scene)
