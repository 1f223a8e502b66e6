"""The calls that are up, noted by the engine in one small file, for the time after a restart of Kamailio (EM-42).

Kamailio itself is asked whether a device is in a call. But a restart makes it forget: the sound of a call goes on
between the phones, and only its end passes by here. So calls that began before Kamailio's start still count, until
their end is seen, but for no more than four hours after that start.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from roamline.doors.call_control import launch
from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable
from roamline.platform.config import Config

MOST_CALLS = 5000
MOST_BYTES = 4 * 1024 * 1024
LONGEST_SECONDS = 4 * 3600


@dataclass(frozen=True, slots=True)
class CallUp:
    """A call between devices (folded names); ``since`` in Unix seconds."""

    call: str
    devices: tuple[str, ...]
    since: float


def file_of(config: Config) -> Path:
    """Where the calls of this node are noted."""
    return launch.run_folder(config) / "calls.json"


def read(path: Path) -> list[CallUp]:
    """The calls that were noted; none when the file is missing or damaged."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return []
        found = json.loads(path.read_text(encoding="utf-8"))
        return [_call(each) for each in found]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write(path: Path, calls: Iterable[CallUp]) -> None:
    """Replace what is noted, in one step."""
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps([asdict(call) for call in calls]), encoding="utf-8")
    temporary.replace(path)


def is_in_call(config: Config, device: str) -> bool | None:
    """Whether a device is in a call; None when Kamailio does not answer and nothing is noted.

    A call that began before Kamailio's start is one that Kamailio cannot know.
    """
    rpc = Rpc.of(config)
    known = rpc.in_call(device)
    noted = [call for call in read(file_of(config)) if device.lower() in call.devices]
    if known or not noted:
        return known
    try:
        started = started_at(rpc)
    except Unreachable:
        return True
    return time.time() < started + LONGEST_SECONDS and any(call.since < started for call in noted)


def devices_in_calls(config: Config) -> list[tuple[str, ...]]:
    """The devices (folded names) of each call that is noted on this node."""
    return [call.devices for call in read(file_of(config))]


def which_are_in_call(config: Config, devices: Iterable[str]) -> set[str]:
    """Those of some devices that are in a call: one question when no call is up anywhere on this node."""
    if Rpc.of(config).is_idle() and not read(file_of(config)):
        return set()
    return {device for device in devices if is_in_call(config, device)}


class Notes:
    """The engine's side: follows calls' beginnings and ends, and writes them down when something changed."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.calls = {call.call: call for call in read(file_of(config))}
        self.is_changed = False

    def began(self, call: str, devices: Iterable[str], now: float) -> None:
        """Note a call; those beyond the limit are not."""
        folded = tuple(device.lower() for device in devices if device)
        if call and folded and len(self.calls) < MOST_CALLS:
            self.calls[call] = CallUp(call, folded, now)
            self.is_changed = True

    def ended(self, call: str) -> tuple[str, ...]:
        """Strike a call out; the devices that were in it."""
        gone = self.calls.pop(call, None)
        self.is_changed = self.is_changed or gone is not None
        return gone.devices if gone else ()

    def save(self) -> None:
        """Write what changed since the last time."""
        if self.is_changed:
            self.is_changed = False
            write(file_of(self.config), self.calls.values())

    def strike_out_unheard_ends(self) -> list[CallUp]:
        """After a time without listening: calls that Kamailio would know and does not are over; which ones.

        Errors: Unreachable, and then nothing is struck out.
        """
        rpc = Rpc.of(self.config)
        started = started_at(rpc)
        over = [call for call in self.calls.values() if _is_over(call, rpc, started)]
        for call in over:
            self.ended(call.call)
        return over


def started_at(rpc: Rpc) -> float:
    """When Kamailio started, in Unix seconds; not before the truth, and up to two seconds after it.

    Kamailio counts whole seconds. A call from just after the start that is taken for one from before it does no harm.

    Errors: Unreachable, also while it is not ready to say.
    """
    try:
        return time.time() - float(rpc.call("core.uptime")["uptime"]) + 1.0
    except (RpcRefused, KeyError, TypeError, ValueError) as error:
        raise Unreachable("Kamailio does not say since when it runs") from error


def _is_over(call: CallUp, rpc: Rpc, started: float) -> bool:
    if call.since >= started:
        return all(rpc.in_call(device) is False for device in call.devices)
    return time.time() > started + LONGEST_SECONDS or rpc.value("ended", call.call) is not None


def _call(fields: dict[str, Any]) -> CallUp:
    return CallUp(str(fields["call"]), tuple(str(device) for device in fields["devices"]), float(fields["since"]))
