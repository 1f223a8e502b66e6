"""The headsets at this desk."""

from collections.abc import Callable, Mapping

from roamline_desk_agent.headset import MOST_HEADSETS, Change, Connected, Disconnected, Headset, Unusable


class Rack:
    """What is connected now, oldest first. `source` is `usb` or `simulated`; `on_change` is told each change, and
    `on_look` that something else is new: an unusable headset, or the ALSA card of one."""

    def __init__(self, source: str, on_change: Callable[[Change], None], on_look: Callable[[], None]) -> None:
        self.source = source
        self.unusable: tuple[Unusable, ...] = ()
        self._connected: dict[str, Headset] = {}
        self._cards: dict[str, str] = {}
        self._on_change, self._on_look = on_change, on_look

    @property
    def connected(self) -> tuple[Headset, ...]:
        """The headsets there are."""
        return tuple(self._connected.values())

    def take(self, change: Change) -> bool:
        """Have a headset or have it no more; False when nothing changed, or there is no room (16 headsets)."""
        key = change.headset.key
        match change:
            case Connected(headset) if key not in self._connected and len(self._connected) < MOST_HEADSETS:
                self._connected[key] = headset
            case Disconnected() if key in self._connected:
                del self._connected[key]
            case _:
                return False
        self._on_change(change)
        return True

    def note(self, unusable: tuple[Unusable, ...], cards: Mapping[str, str]) -> None:
        """What else was seen: headsets that nobody can own, and ALSA card ids by headset key."""
        if (unusable, cards) != (self.unusable, self._cards):
            self.unusable, self._cards = unusable, dict(cards)
            self._on_look()

    def newest_card(self) -> str:
        """The ALSA card of the headset that came last, of those that have one; empty: there is none."""
        return next((card for key in reversed(self._connected) if (card := self._cards.get(key, ""))), "")

    def as_document(self) -> dict[str, object]:
        """As the status shows it."""
        return {
            "source": self.source,
            "connected": [each.as_document() for each in self._connected.values()],
            "unusable": [{"model": each.model, "why": each.why} for each in self.unusable],
        }
