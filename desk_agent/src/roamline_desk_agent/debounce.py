"""Lets a loose contact settle before anybody hears of it. Pure: what is seen and the time in, changes out."""

from collections.abc import Mapping

from roamline_desk_agent.headset import Change, Connected, Disconnected, Headset

QUIET_S = 0.3


class Debounce:
    """A headset has come or gone once it was there, or away, for some time on end: the last state wins, and coming
    back in time leaves no trace. Each headset settles on its own. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._settled: dict[str, Headset] = {}
        self._seen: dict[str, Headset] = {}
        self._until: dict[str, float] = {}

    def see(self, present: Mapping[str, Headset], now: float, quiet_s: float = QUIET_S) -> None:
        """These headsets, by key, are there at this moment; what is new about that settles in `quiet_s`."""
        for key in self._seen.keys() ^ present.keys():
            self._until[key] = now + quiet_s
        self._seen = dict(present)

    def settle(self, now: float) -> list[Change]:
        """What has come and gone for good, in the order in which it did."""
        due = sorted((until, key) for key, until in self._until.items() if until <= now)
        return [change for _, key in due for change in self._settle(key)]

    def next_at(self) -> float | None:
        """When to call `settle` next, or None: nothing is under way."""
        return min(self._until.values(), default=None)

    def _settle(self, key: str) -> list[Change]:
        del self._until[key]
        was, now = self._settled.pop(key, None), self._seen.get(key)
        if now is not None:
            self._settled[key] = now
        if now is not None and was is None:
            return [Connected(now)]
        return [Disconnected(was)] if was is not None and now is None else []
