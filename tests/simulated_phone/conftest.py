"""Simulated phones of a running site, shut down after each test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.fetching import FileServer
from tests.simulated_phone.phone import SimulatedPhone
from tests.support.sites import Site

Scene = Callable[["Desks"], Awaitable[None]]


class Desks:
    """The phones of one test; they are shut down at its end."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._phones: list[SimulatedPhone] = []

    def phone(self, device: str, model: str = "8851", conflicts: Conflicts | None = None) -> SimulatedPhone:
        """A phone that has not been switched on yet."""
        files = FileServer("127.0.0.1", self.site.port(6970), self.site.port(6969))
        self._phones.append(SimulatedPhone(device, model, files, conflicts))
        return self._phones[-1]

    async def booted(self, device: str, model: str = "8851", conflicts: Conflicts | None = None) -> SimulatedPhone:
        """A phone in service."""
        phone = self.phone(device, model, conflicts)
        await phone.boot()
        return phone

    async def close(self) -> None:
        """Shut all of them down."""
        for phone in self._phones:
            await phone.shut_down()


@pytest.fixture
def play(site: Site) -> Callable[[Scene], None]:
    """A function that plays a scene with phones at the shared site, and cleans up behind it."""

    def run(scene: Scene) -> None:
        async def all_of_it() -> None:
            desks = Desks(site)
            try:
                async with asyncio.timeout(90):
                    await scene(desks)
            finally:
                await desks.close()

        asyncio.run(all_of_it())

    return run
