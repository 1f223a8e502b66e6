"""Tells everybody who waits that something changed."""

import asyncio
from collections.abc import Callable


class Bell:
    """`ring` wakes all waiters once; each then looks for itself whether the change is the one it waits for."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, true: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until `true()`; False when `timeout_s` seconds went by first."""
        try:
            async with asyncio.timeout(timeout_s):
                while not true():
                    await self._event.wait()
        except TimeoutError:
            return true()
        return True
