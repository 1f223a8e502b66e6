"""Tells open streams that a device's configuration, or what it shows about its headsets, has changed.

One task per web process: on every wake-up, and every second besides, it asks the database for the versions of the
devices that are connected here, with two statements. Streams carry state, not changes: what is sent is always the
newest configuration, so a lost wake-up or connection loses nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseFailure
from django.db import close_old_connections

from roamline.platform import sql, wake
from roamline.rooms.headsets import store

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
AT_ONCE = 500
_VERSIONS = "SELECT name, configuration_version FROM phones_phone WHERE name IN ({marks})"


Versions = tuple[int, int]
"""Of the configuration, and of the headset machine."""


class Watch:
    """The devices watched in this process; :meth:`follow` gives an event that is set at every new version."""

    def __init__(self) -> None:
        self._followers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._versions: dict[str, Versions] = {}
        self._task: asyncio.Task[None] | None = None

    def follow(self, device: str) -> asyncio.Event:
        """Start following a device; pass the event to :meth:`leave` in the end."""
        changed = asyncio.Event()
        self._followers[device].add(changed)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look_forever())
        return changed

    def leave(self, device: str, changed: asyncio.Event) -> None:
        """Stop following."""
        self._followers[device].discard(changed)
        if not self._followers[device]:
            del self._followers[device]
            self._versions.pop(device, None)

    async def _look_forever(self) -> None:
        with wake.Listener("device-streams") as listener:
            while self._followers:
                try:
                    self._announce(await _versions_of(list(self._followers)))
                except DatabaseFailure as failure:
                    log.warning("device versions could not be read", error=type(failure).__name__)
                await listener.wait(LOOK_EVERY)

    def _announce(self, versions: dict[str, Versions]) -> None:
        for device, version in versions.items():
            if self._versions.get(device) != version:
                self._versions[device] = version
                for changed in self._followers.get(device, ()):
                    changed.set()


@sync_to_async
def _versions_of(devices: list[str]) -> dict[str, Versions]:
    close_old_connections()  # this runs outside of any request: nobody else drops a connection that broke
    found: dict[str, Versions] = {}
    for start in range(0, len(devices), AT_ONCE):
        part = devices[start : start + AT_ONCE]
        machines = store.versions_of(part)
        configurations = sql.rows(_VERSIONS.format(marks=sql.marks(len(part))), part)
        found.update((name, (version, machines.get(name, 0))) for name, version in configurations)
    return found


watch = Watch()
