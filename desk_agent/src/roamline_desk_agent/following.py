"""Keeps one stream of the server open, and what it says flowing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from roamline_desk_agent.backoff import Backoff
from roamline_desk_agent.device_api import DeviceApi, ServerError, StreamFact
from roamline_desk_agent.words import gettext_noop

log = logging.getLogger("roamline.agent")

CONNECTED = gettext_noop("connected")


class Following:
    """`state` says in words how the server is. `prepare` is awaited before each stream, `have` is the version known
    then, `take` gets all facts."""

    def __init__(
        self,
        api: DeviceApi,
        prepare: Callable[[], Awaitable[None]],
        have: Callable[[], int],
        take: Callable[[StreamFact], None],
    ) -> None:
        self.state = gettext_noop("not asked yet")
        self._api, self._prepare, self._have, self._take = api, prepare, have, take

    async def run(self) -> None:
        """For ever; a server that is away is asked again after 0.2 to 5 seconds."""
        backoff = Backoff(0.2, 5.0)
        while True:
            try:
                await self._prepare()
                async with aclosing(self._api.stream(self._have())) as stream:
                    async for fact in stream:
                        backoff.reset()
                        self.note(CONNECTED)
                        self._take(fact)
                trouble = gettext_noop("the server ended the stream")
            except ServerError as problem:
                trouble = str(problem)
            self.note(trouble)
            await asyncio.sleep(backoff.wait_s())

    def note(self, state: str) -> None:
        """The server is like this now."""
        if state != self.state:
            log.log(logging.INFO if state == CONNECTED else logging.WARNING, "server: %s", state)
            self.state = state
