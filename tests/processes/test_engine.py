from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from roamline.processes import engine

WITHIN = 10


class Told:
    """An event that a work's thread may set."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def wait(self) -> None:
        self.loop = asyncio.get_running_loop()
        await asyncio.wait_for(self.event.wait(), WITHIN)

    def set(self) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.event.set)


def run_until_told(work: engine.Work, told: Told) -> None:
    async def scene() -> None:
        stopping = asyncio.Event()
        told.loop = asyncio.get_running_loop()
        running = asyncio.create_task(engine.work_until(stopping, "deadlines", work))
        await told.wait()
        stopping.set()
        await running

    asyncio.run(scene())


@pytest.mark.django_db
def test_work_is_asked_for_again_at_once_while_there_is_more() -> None:
    told = Told()
    rows = [50, 50, 3, 0]

    def work(now: datetime, limit: int) -> int:
        assert now.tzinfo is not None
        assert limit > 0
        if len(rows) == 1:
            told.set()
        return rows.pop(0) if rows else 0

    run_until_told(work, told)
    assert rows == []


@pytest.mark.django_db
def test_work_that_failed_is_tried_again() -> None:
    told = Told()
    rounds: list[int] = []

    def work(_now: datetime, _limit: int) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("the database is away")
        told.set()
        return 0

    run_until_told(work, told)
    assert len(rounds) >= 2


def test_a_task_that_ends_or_fails_is_started_again() -> None:
    lives: list[str] = []

    async def scene() -> None:
        stopping = asyncio.Event()

        async def task() -> None:
            lives.append("life")
            if len(lives) == 1:
                raise ConnectionError("gone")
            if len(lives) == 3:
                stopping.set()

        await asyncio.wait_for(engine.keep(task, stopping), WITHIN)

    asyncio.run(scene())
    assert lives == ["life"] * 3
