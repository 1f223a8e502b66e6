"""The DND key of a simulated Cisco phone at a real site, and the reports that such phones send unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.simulated_phone import remote_control
from tests.simulated_phone.conftest import Desks, Scene
from tests.simulated_phone.test_sessions import BOBS, LOBBY, log_in, log_out, numbers

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.timeout(180)]

Play = Callable[[Scene], None]


def test_the_dnd_key_refuses_calls_and_takes_them_again(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone, other = await desks.booted(LOBBY), await desks.booted(BOBS)

        async def status_of_a_call() -> int:
            dialling = asyncio.create_task(other.dial(numbers(phone)[0]))
            ringing = asyncio.create_task(phone.rings())
            await asyncio.wait((dialling, ringing), return_when=asyncio.FIRST_COMPLETED)
            if ringing.done():
                ringing.result().answer()
            else:
                ringing.cancel()
            call = await dialling
            if call.status < 300:
                await call.hang_up()
            return call.status

        async def calls_are_answered(status: int) -> None:
            async with asyncio.timeout(20):
                while await status_of_a_call() != status:
                    await asyncio.sleep(0.1)

        assert await remote_control.press_dnd(phone, on=True) == 200
        await phone.until(lambda: "dnd:enable:callreject" in phone.did, "shown on the phone")
        await calls_are_answered(486)
        assert await remote_control.press_dnd(phone, on=False) == 200
        await calls_are_answered(200)

    play(scene)


@pytest.mark.proves("EM-32")
def test_the_forward_key_is_lit_while_all_calls_are_forwarded_and_follows_the_user(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)

        async def forwarded(index: int, destination: str) -> None:
            def is_shown() -> bool:
                return phone.forwards.get(index, "") == destination

            await phone.until(is_shown, f"line {index} shown as forwarded to {destination or 'nobody'}")

        async def press_forward_key(destination: str = "") -> None:
            key = "x-cisco-serviceuri-cfwdall" + (f"-{destination}" if destination else "")
            assert (await phone.dial(key)).status == 603

        await log_in(phone, "alice", "27182")
        await press_forward_key("1903")
        await forwarded(1, "1903")
        await log_out(phone, "alice")
        assert phone.forwards.get(1, "") == ""
        await log_in(phone, "alice", "27182")
        await forwarded(1, "1903")
        await press_forward_key()
        await forwarded(1, "")
        await log_out(phone, "alice")
        assert "an unknown REFER" not in phone.did

    play(scene)


def test_reports_and_questions_are_answered(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        assert await remote_control.report(phone, *remote_control.ALARM) == 202
        assert await remote_control.report(phone, *remote_control.ANSWER) == 202
        assert await remote_control.ask_for_token(phone) == 202
        assert await phone.keep_alive() == 200

    play(scene)
