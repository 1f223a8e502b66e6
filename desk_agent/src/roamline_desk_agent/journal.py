"""What happened lately, for whoever asks and whoever follows."""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime

MOST_KEPT = 200
MOST_BEHIND = 200
Entry = Mapping[str, object]


class Journal:
    """The last 200 entries, and queues of followers; a follower that is 200 entries behind is let go (None)."""

    def __init__(self) -> None:
        self._kept: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._followers: set[asyncio.Queue[Entry | None]] = set()

    def add(self, event: str, at: datetime, **facts: object) -> None:
        """Keep one entry and pass it on."""
        entry = {"event": event, "at": at.isoformat(), **facts}
        self._kept.append(entry)
        for queue in list(self._followers):
            if queue.qsize() < MOST_BEHIND:
                queue.put_nowait(entry)
            else:
                self.leave(queue)

    def forget(self, events: Collection[str]) -> None:
        """Keep the entries of these events no longer."""
        kept = [entry for entry in self._kept if entry["event"] not in events]
        self._kept.clear()
        self._kept.extend(kept)

    def latest(self) -> list[Entry]:
        """The entries kept, oldest first."""
        return list(self._kept)

    def follow(self) -> asyncio.Queue[Entry | None]:
        """A queue of the entries from now on."""
        queue: asyncio.Queue[Entry | None] = asyncio.Queue(MOST_BEHIND + 1)
        self._followers.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Entry | None]) -> None:
        """End a queue."""
        self._followers.discard(queue)
        with suppress(asyncio.QueueFull):
            queue.put_nowait(None)
