"""Keeps a rack as the USB sockets are: looks at sysfs whenever udev says that something changed, and now and then."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from roamline_desk_agent.debounce import QUIET_S, Debounce
from roamline_desk_agent.headset import Headset, Unusable
from roamline_desk_agent.rack import Rack
from roamline_desk_agent.sysfs import ROOT, read_devices
from roamline_desk_agent.usb_device import UsbDevice, card_of, judge

log = logging.getLogger("roamline.agent")

SUBSYSTEMS = ("usb", "hid", "sound")
# udev may drop events when many come at once (ENOBUFS), and a container hears none: what is seen is what counts.
LOOK_EVERY_S, LOOK_UNTOLD_EVERY_S = 5.0, 1.0


async def watch_usb(rack: Rack, root: Path = ROOT) -> None:
    """For ever. What is there at the start is in the rack before the first wait."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()
    watch = Watch(rack, root)
    watch.look(loop.time(), quiet_s=0.0)
    # In a thread: looking for libudev starts other programmes, and the phone is not to wait for them.
    monitor = await asyncio.to_thread(_udev_monitor)
    with _heard(monitor, changed):
        while True:
            pause = watch.pause_s(loop.time(), LOOK_EVERY_S if monitor else LOOK_UNTOLD_EVERY_S)
            try:
                async with asyncio.timeout(pause):
                    await changed.wait()
            except TimeoutError:
                pass
            else:
                changed.clear()
                watch.look_again_soon(loop.time())
            watch.look(loop.time())


class Watch:
    """One rack's view of sysfs. Times are seconds of one monotonic clock."""

    def __init__(self, rack: Rack, root: Path) -> None:
        self._rack, self._root = rack, root
        self._debounce = Debounce()
        self._again_at: float | None = None

    def look(self, now: float, quiet_s: float = QUIET_S) -> None:
        """See what is there, and tell the rack what has settled."""
        headsets, unusable, cards = sort_out(read_devices(self._root))
        self._debounce.see(headsets, now, quiet_s)
        for change in self._debounce.settle(now):
            self._rack.take(change)
        self._rack.note(unusable, cards)
        if self._again_at is not None and self._again_at <= now:
            self._again_at = None

    def look_again_soon(self, now: float) -> None:
        """udev's word can come just before sysfs has changed: look once more, a little later."""
        self._again_at = now + QUIET_S

    def pause_s(self, now: float, most_s: float) -> float:
        """How long nothing needs to be looked at."""
        due = [at - now for at in (self._debounce.next_at(), self._again_at) if at is not None]
        return max(0.0, min([most_s, *due]))


def sort_out(devices: list[UsbDevice]) -> tuple[dict[str, Headset], tuple[Unusable, ...], dict[str, str]]:
    """The headsets by key, those that nobody can own, and the ALSA cards by headset key."""
    headsets: dict[str, Headset] = {}
    unusable: list[Unusable] = []
    cards: dict[str, str] = {}
    for device in devices:
        match judge(device):
            case Headset() as headset:
                headsets.setdefault(headset.key, headset)
                if card := card_of(device):
                    cards.setdefault(headset.key, card)
            case Unusable() as other:
                unusable.append(other)
    return headsets, tuple(unusable), cards


def _udev_monitor() -> Any:
    """udev's events about our subsystems; None when udev cannot be asked here."""
    try:
        import pyudev  # type: ignore[import-untyped] # needs libudev, which is not everywhere

        monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in SUBSYSTEMS:
            monitor.filter_by(subsystem)
        monitor.start()
    except (ImportError, OSError) as trouble:
        log.warning("udev cannot be asked (%s): looking at USB every %g s", trouble, LOOK_UNTOLD_EVERY_S)
        return None
    return monitor


@contextmanager
def _heard(monitor: Any, changed: asyncio.Event) -> Iterator[None]:
    """Set `changed` at each of udev's events."""
    if monitor is None:
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_reader(monitor.fileno(), _hear, monitor, changed)
    try:
        yield
    finally:
        loop.remove_reader(monitor.fileno())


def _hear(monitor: Any, changed: asyncio.Event) -> None:
    changed.set()
    try:
        while monitor.poll(timeout=0) is not None:
            pass
    except OSError as trouble:  # ENOBUFS: events were lost, which the look that follows makes up for
        log.debug("udev: %s", trouble)
