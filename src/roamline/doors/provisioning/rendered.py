"""Rendered device files, kept for as long as the facts that they were made of stand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from roamline.doors.provisioning import device_files
from roamline.doors.provisioning.freshness import Reader, facts_of

MOST_KEPT = 4096
"""Files of about 10 KiB each, per process; the least recently fetched go first."""


class RenderedFiles:
    """A device's file, rendered anew only when a fact has changed.

    ``facts`` reads what a device's file is made of, in one statement; ``render`` makes the file. Thread-safe.
    """

    def __init__(
        self,
        facts: Reader = facts_of,
        render: Callable[[str], bytes | None] = device_files.render,
        most: int = MOST_KEPT,
    ) -> None:
        self._facts, self._render, self._most = facts, render, most
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def file_of(self, device: str) -> bytes | None:
        """The device's file as committed when this was called, or later; None for a device that has none."""
        facts = self._facts(device)
        if not facts:
            return None
        content = self.kept_for(device, facts)
        if content is not None:
            return content
        content = self._render(device)
        # A change between the two looks may be in the file or not: such a file is served, but not kept.
        if content is not None and self._facts(device) == facts:
            self._keep(device, facts, content)
        return content

    def kept_for(self, device: str, facts: str) -> bytes | None:
        """The kept file, when it was made of just these facts."""
        with self._lock:
            kept = self._kept.get(device)
            if kept is None or kept[0] != facts:
                return None
            self._kept.move_to_end(device)
            return kept[1]

    def _keep(self, device: str, facts: str, content: bytes) -> None:
        with self._lock:
            self._kept[device] = (facts, content)
            self._kept.move_to_end(device)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget_all(self) -> None:
        """Keep nothing: what is fetched next is rendered."""
        with self._lock:
            self._kept.clear()


kept = RenderedFiles()
"""This process's rendered files."""
