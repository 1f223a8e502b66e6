"""How much one device may ask of the device API (our own design): a bucket for each, in each web process.

A desk reports a few events when something happens to it; a device that was taken over, or has gone wild, must not keep
others waiting. Whoever is over the limit gets 429 and a *Retry-After*; agents keep what they had to say until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVENTS_AT_ONCE, EVENTS_PER_SECOND = 200, 10.0
INPUTS_AT_ONCE, INPUTS_PER_SECOND = 20, 1.0
MOST_STREAMS = 4


@dataclass(slots=True)
class Buckets:
    """Tokens by device: full in the beginning, filled up as time goes by. Only devices that proved who they are."""

    at_once: int
    per_second: float
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, device: str, wanted: int) -> int:
        """Take tokens; 0 when they were there, else after how many seconds they will be, and none is taken."""
        now = self.clock()
        left, then = self._left.get(device, (float(self.at_once), now))
        left = min(float(self.at_once), left + (now - then) * self.per_second)
        if left < wanted:
            self._left[device] = (left, now)
            return max(1, round((wanted - left) / self.per_second))
        self._left[device] = (left - wanted, now)
        return 0


events = Buckets(EVENTS_AT_ONCE, EVENTS_PER_SECOND)
inputs = Buckets(INPUTS_AT_ONCE, INPUTS_PER_SECOND)
streams: dict[str, int] = {}
