"""Saying what was measured, where and how often."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path


def machine() -> str:
    """Processor, cores, memory, versions."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("Django", "granian", "argon2-cffi", "psycopg"))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{model or platform.machine()}, {os.cpu_count()} cores, {memory} MiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}; load before: {load}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def processes_below(pid: int) -> list[int]:
    """A process and everything below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in processes_below(int(child)))]


def busy_seconds(pid: int) -> float:
    """Processor seconds of a process and everything below it, so far: as the scheduler counts them, not by ticks."""
    spent = 0
    for each in processes_below(pid):
        for thread in Path(f"/proc/{each}/task").iterdir():
            spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def percentiles(seconds: Sequence[float]) -> str:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return ", ".join(f"p{p} {cuts[p - 1] * 1000:.1f} ms" for p in (50, 95, 99))


def numbers(values: Sequence[float]) -> str:
    """Whole numbers beside each other."""
    return " ".join(f"{value:.0f}" for value in values)


def ratios(name: str, measured: Sequence[float], goal: float) -> bool:
    """Print the median of the rounds' ratios beside its goal; whether it is reached."""
    median = statistics.median(measured)
    each = " ".join(f"{ratio:.2f}" for ratio in measured)
    reached = median >= goal
    print(f"  {name}: {median:.3f} (goal {goal}: {'reached' if reached else 'MISSED'}; rounds: {each})", flush=True)
    return reached
