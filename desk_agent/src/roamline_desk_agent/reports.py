"""What the server is told about this phone: a bounded queue, delivered in order, in spite of breaks."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from itertools import islice

from roamline_desk_agent.backoff import Backoff
from roamline_desk_agent.bell import Bell
from roamline_desk_agent.device_api import DeviceApi, ServerError

log = logging.getLogger("roamline.agent")

MOST_QUEUED = 1000
MOST_AT_ONCE = 100


class Reports:
    """`add` never waits; `deliver` runs as long as the agent does."""

    def __init__(self) -> None:
        self._queue: deque[Mapping[str, object]] = deque()
        self._bell = Bell()
        self.dropped = 0

    def add(self, event: str, at: datetime, **facts: object) -> None:
        """Queue one event; over 1000 waiting, the oldest is dropped."""
        if len(self._queue) >= MOST_QUEUED:
            oldest = self._queue.popleft()
            self.dropped += 1
            log.warning("too many reports wait for the server: dropped the oldest (%s)", oldest["event"])
        self._queue.append({"event": event, "at": at.isoformat(), **facts})
        self._bell.ring()

    def __len__(self) -> int:
        return len(self._queue)

    async def deliver(self, api: DeviceApi) -> None:
        """Send the queue, oldest first, for ever; what the server rejects for good is dropped."""
        backoff = Backoff(0.2, 30.0)
        while True:
            await self._bell.until(lambda: bool(self._queue))
            batch = list(islice(self._queue, MOST_AT_ONCE))
            dropped = self.dropped
            try:
                await _send(api, batch)
            except ServerError:
                await asyncio.sleep(backoff.wait_s())
                continue
            backoff.reset()
            # What `add` dropped meanwhile was the front of this batch.
            for _ in range(len(batch) - min(self.dropped - dropped, len(batch))):
                self._queue.popleft()


async def _send(api: DeviceApi, batch: list[Mapping[str, object]]) -> None:
    """Send a batch; when the server rejects it for good, each report alone, so that only what it cannot take is lost.
    Raises ServerError when it is worth trying again."""
    try:
        await api.report(batch)
    except ServerError as trouble:
        if not trouble.permanent:
            raise
        if len(batch) == 1:
            log.error("the server refused the report %s, dropped: %s", batch[0]["event"], trouble)
            return
        for report in batch:
            await _send(api, [report])
