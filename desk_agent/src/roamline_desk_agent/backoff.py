"""How long to wait before trying again."""

import random


class Backoff:
    """Doubles from `first` to `most` seconds; each wait is cut at random so that phones do not return together."""

    def __init__(self, first: float, most: float) -> None:
        self._first, self._most = first, most
        self._next = first

    def wait_s(self) -> float:
        """The seconds to wait now; the next answer is longer."""
        whole = self._next
        self._next = min(self._next * 2, self._most)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing

    def reset(self) -> None:
        """It worked: start from the beginning next time."""
        self._next = self._first
