"""How many threads are somewhere at once."""

from __future__ import annotations

import threading
from types import TracebackType


class Crowd:
    """``with crowd:`` is inside; ``most`` is how many were inside at the same time at most."""

    STAY = 0.003
    """Seconds that everybody stays at least, so that others who may come in do."""

    def __init__(self) -> None:
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        threading.Event().wait(self.STAY)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
