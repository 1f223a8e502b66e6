"""An administrator edits the profile of somebody who is logged in and in a call: nobody is logged out or cut off."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

import pytest

from tests.simulated_phone.conftest import Desks, Scene
from tests.simulated_phone.test_sessions import LOBBY, SHARED, log_in, log_out
from tests.support.administrator import Administrator

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.timeout(180)]

Play = Callable[[Scene], None]
PROFILES = "/admin/phones/deviceprofile/"


def session_of(desks: Desks) -> list[tuple[str, str]]:
    with sqlite3.connect(desks.site.data / "roamline.sqlite3") as database:
        return database.execute(
            "SELECT s.uuid, p.name FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id"
            " WHERE s.ended_at IS NULL"
        ).fetchall()


def labels(phone: object) -> list[str]:
    return [line.label for line in phone.running.lines]  # type: ignore[attr-defined]


def test_the_session_and_the_call_stay_and_the_phone_has_the_new_configuration_once_it_is_idle(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone, other = await desks.booted(LOBBY), await desks.booted(SHARED, model="7841")
        await log_in(phone, "alice", "27182")
        session = session_of(desks)
        assert [device for _, device in session] == [LOBBY]
        before, did = labels(phone), list(phone.did)
        ringing = asyncio.create_task(other.rings())
        dialling = asyncio.create_task(phone.dial("1903"))
        call = await ringing
        call.answer()
        answered = await dialling
        admin = await asyncio.to_thread(Administrator, desks.site.web_url, "admin", desks.site.secret)
        address = await asyncio.to_thread(admin.address_of, PROFILES, "EM_alice")
        page = await asyncio.to_thread(lambda: admin.send(address, **{"lines-0-label": "Edited"}))
        assert "fetch their configuration anew: 1" in " ".join(page.text_content().split())
        try:
            assert session_of(desks) == session
            await phone.keep_alive()  # a round trip: what was sent to the phone before is there by now
            assert phone.did == did
            assert not call.ended.is_set()
            assert await answered.hang_up() == 200
            await phone.until(lambda: phone.did.count("restarted") > did.count("restarted"), "restarted")
            assert labels(phone) == ["Edited", *before[1:]]
            assert session_of(desks) == session
        finally:
            await asyncio.to_thread(lambda: admin.send(address, **{"lines-0-label": before[0]}))
        await phone.until(lambda: phone.did.count("restarted") > did.count("restarted") + 1, "restarted again")
        assert session_of(desks) == session
        await log_out(phone, "alice")

    play(scene)
