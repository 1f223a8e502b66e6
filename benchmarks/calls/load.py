"""Calls and registrations at a fixed rate by SIPp, and the processor time that they cost the server."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.calls.ground import Server

HERE = Path(__file__).parent
CALL, REGISTRATION = "uac.xml", "register.xml"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how many were asked for, how many succeeded, and seconds of the server's CPU that all of them cost."""

    asked: int
    succeeded: int
    retransmitted: int
    spent: float

    @property
    def cost(self) -> float:
        """Seconds of CPU for each."""
        return self.spent / max(self.succeeded, 1)

    @property
    def is_clean(self) -> bool:
        """Whether all succeeded without a repeated message."""
        return self.succeeded == self.asked and self.retransmitted == 0


def callees(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The phones that are called: they answer at once."""
    command = [
        "sipp",
        "-sf",
        str(HERE / "uas.xml"),
        "-buff_size",
        "4194304",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-nostdin",
    ]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(server: Server, scenario: str, users: Path, port: int, rate: int, seconds: float) -> Run:
    """``rate`` per second for so many seconds, from one port."""
    count = int(rate * seconds)
    statistics = users.parent / "statistics.csv"
    statistics.unlink(missing_ok=True)
    command = [
        "sipp", f"127.0.0.1:{server.port}", "-sf", str(HERE / scenario), "-inf", str(users), "-i", "127.0.0.1",
        "-p", str(port), "-r", str(rate), "-m", str(count), "-l", str(rate * 10), "-nostdin", "-trace_stat",
        "-stf", str(statistics), "-timeout", f"{seconds * 4 + 20:.0f}s", "-buff_size", "4194304",
    ]  # fmt: skip
    before = server.cpu_seconds()
    # A little longer than SIPp's own time-out, which waits for calls that never end.
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, cwd=users.parent, capture_output=True, check=False, timeout=seconds * 4 + 30)
    spent = server.cpu_seconds() - before
    succeeded, retransmitted = _read(statistics)
    return Run(count, succeeded, retransmitted, spent)


def together(runs: Iterable[Run]) -> Run:
    """Several as one."""
    asked, succeeded, retransmitted, spent = map(
        sum, zip(*((run.asked, run.succeeded, run.retransmitted, run.spent) for run in runs), strict=True)
    )
    return Run(asked, succeeded, retransmitted, spent)


def _read(statistics: Path) -> tuple[int, int]:
    lines = statistics.read_text().splitlines()
    last = dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=False))

    def number(name: str) -> int:
        return int(re.sub(r"\D", "", last.get(name, "")) or 0)

    return number("SuccessfulCall(C)"), number("Retransmissions(C)")
