"""What came over a link and waits for the machine: log-ins and the like overtake the numbers that came before them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from roamline.wires.ils.lane import can_wait
from roamline.wires.ils.node import Arrived

MOST_WAITING = 8

Take = Callable[[Arrived], Awaitable[None]]


class Arrivals:
    """Messages of one link, given to ``take`` one after the other."""

    def __init__(self, take: Take) -> None:
        self._give = take
        self._urgent: Arrived = []
        self._others: deque[Arrived] = deque()
        self._work: asyncio.Task[None] | None = None
        self._went_on = asyncio.Event()

    async def put(self, arrived: Arrived) -> None:
        """Add messages; waits while too much waits. Raises what ``take`` raised."""
        for message in arrived:
            if can_wait(message):
                self._others.append([message])
            else:
                self._urgent.append(message)
        if self._work is None or self._work.done():
            await self.end()
            self._work = asyncio.create_task(self._take_all())
        while len(self._urgent) + len(self._others) > MOST_WAITING and not self._work.done():
            self._went_on.clear()
            await self._went_on.wait()

    async def end(self) -> None:
        """Wait until all has been taken. Raises what ``take`` raised."""
        if self._work is not None:
            await self._work

    async def _take_all(self) -> None:
        try:
            while self._urgent or self._others:
                urgent, self._urgent = self._urgent, []
                await self._give(urgent or self._others.popleft())
                self._went_on.set()
        finally:
            self._went_on.set()
