from __future__ import annotations

import asyncio
import socket

import pytest

from roamline.platform import wake


@pytest.fixture(autouse=True)
def _no_other_sockets() -> None:
    for path in wake.folder().glob("*.sock"):
        path.unlink()


def test_everybody_who_listens_is_woken() -> None:
    async def scene() -> list[bool]:
        with wake.Listener("one") as one, wake.Listener("two") as two:
            wake.node()
            return [await one.wait(5), await two.wait(5)]

    assert asyncio.run(scene()) == [True, True]


def test_wakeups_that_piled_up_count_as_one() -> None:
    async def scene() -> list[bool]:
        with wake.Listener("one") as one:
            for _ in range(5):
                wake.node()
            return [await one.wait(5), await one.wait(0.01)]

    assert asyncio.run(scene()) == [True, False]


def test_a_listener_that_does_not_read_never_blocks_the_waker() -> None:
    with wake.Listener("deaf"):
        for _ in range(5000):
            wake.node()


def test_the_socket_of_a_dead_process_is_cleared_away() -> None:
    wake.folder().mkdir(parents=True, exist_ok=True)
    dead = wake.folder() / "engine-1.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left, wake._address(dead) as address:
        left.bind(address)
    wake.node()
    assert not dead.exists()


def test_waking_works_when_nobody_ever_listened() -> None:
    wake.node()


@pytest.mark.django_db
def test_waking_all_works_on_the_database_in_use() -> None:
    async def woken() -> bool:
        with wake.Listener("one") as one:
            await asyncio.to_thread(wake.node)
            return await one.wait(5)

    wake.all()
    assert asyncio.run(woken())
