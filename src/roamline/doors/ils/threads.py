"""The threads in which a node that speaks does its work, each one thing after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self


class Threads:
    """``machine``, ``taking_up``, ``reading``, ``publishing``; ended with the block."""

    def __init__(self) -> None:
        self.machine = ThreadPoolExecutor(1, "ils")
        self.taking_up = ThreadPoolExecutor(1, "ils-taking-up")
        self.reading = ThreadPoolExecutor(1, "ils-reading")
        self.publishing = ThreadPoolExecutor(1, "ils-publishing")
        self._all = ExitStack()

    def __enter__(self) -> Self:
        """Nothing to begin: a thread is started with its first work."""
        for each in (self.machine, self.taking_up, self.reading, self.publishing):
            self._all.enter_context(each)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what each is doing."""
        self._all.close()
