"""``python -m benchmarks.provisioning``: files per second against nginx and tftpd-hpa; exit code 1 below a goal."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.provisioning.ground import Ground, ground, programs
from benchmarks.provisioning.load import Measured, http_load, http_once_each, tftp_load


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing measured on two servers by the same load; ``goal`` is the least ratio, None without one."""

    title: str
    ours: str
    theirs: str
    measure_ours: Callable[[], Measured]
    measure_theirs: Callable[[], Measured]
    goal: float | None = None


def main() -> int:
    """Measure everything; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.provisioning", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--phones", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=2, help="length of one HTTP run")
    options = parser.parse_args()
    load = os.getloadavg()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load[0]:.1f}")
    with tempfile.TemporaryDirectory() as scripts, ground(options.phones) as at:
        size = sum(file.stat().st_size for file in _www(at).iterdir()) / len(at.names)
        print(f"{len(at.names)} phones, files of {size:.0f} bytes; {options.rounds} interleaved rounds\n", flush=True)
        missed = [not _compare(each, at, options.rounds) for each in _comparisons(at, options, Path(scripts))]
    return 1 if any(missed) else 0


def _www(at: Ground) -> Path:
    return at.site.data.parent / "www"


def _comparisons(at: Ground, options: argparse.Namespace, scripts: Path) -> list[Comparison]:
    wrk, names = programs()["wrk"], at.names
    sizes = {name: (_www(at) / name).stat().st_size for name in names}

    def over_http(port: int, keeps: bool) -> Callable[[], Measured]:
        return lambda: http_load(wrk, scripts, port, names, options.seconds, keeps=keeps)

    def rendered(measure: Callable[[], Measured]) -> Callable[[], Measured]:
        def run() -> Measured:
            at.change_all()
            return measure()

        return run

    def once_each(port: int) -> Callable[[], Measured]:
        return lambda: http_once_each(port, names)

    def over_tftp(port: int) -> Callable[[], Measured]:
        return lambda: tftp_load(port, names, sizes)

    ours, theirs = at.ours_http, at.nginx
    return [
        Comparison("HTTP, kept files, a connection per file (as restarting phones fetch)", "http", "nginx",
                   over_http(ours, False), over_http(theirs, False), 0.3),
        Comparison("HTTP, kept files, connections kept", "http", "nginx",
                   over_http(ours, True), over_http(theirs, True)),
        Comparison("HTTP, every file rendered anew", "http", "nginx", rendered(once_each(ours)), once_each(theirs)),
        Comparison("TFTP, kept files", "tftp", "tftpd-hpa", over_tftp(at.ours_tftp), over_tftp(at.tftpd), 0.5),
        Comparison("TFTP, every file rendered anew", "tftp", "tftpd-hpa",
                   rendered(over_tftp(at.ours_tftp)), over_tftp(at.tftpd)),
    ]  # fmt: skip


def _compare(each: Comparison, at: Ground, rounds: int) -> bool:
    each.measure_ours()  # warm: connections, prepared statements, kept files
    each.measure_theirs()
    ratios, ours, theirs = [], [], []
    spent = {each.ours: 0.0, each.theirs: 0.0}
    for number in range(rounds):
        pair: dict[str, Measured] = {}
        runs = [(each.ours, each.measure_ours), (each.theirs, each.measure_theirs)]
        for server, run in runs if number % 2 else reversed(runs):
            before = at.cpu_seconds(server)
            pair[server] = run()
            spent[server] += at.cpu_seconds(server) - before
        ours.append(pair[each.ours])
        theirs.append(pair[each.theirs])
        ratios.append(ours[-1].rate / theirs[-1].rate)
    ratio = statistics.median(ratios)
    print(each.title)
    _print(each.ours, ours, spent[each.ours])
    _print(each.theirs, theirs, spent[each.theirs])
    met = each.goal is None or ratio >= each.goal
    said = "" if each.goal is None else f", goal {each.goal} {'met' if met else 'MISSED'}"
    print(f"  ratio {ratio:.2f} (median of {min(ratios):.2f} to {max(ratios):.2f}){said}\n", flush=True)
    return met


def _print(server: str, runs: list[Measured], spent: float) -> None:
    rate = statistics.median(run.rate for run in runs)
    p50, p95, p99 = (statistics.median(getattr(run, name) for run in runs) for name in ("p50", "p95", "p99"))
    cpu = spent / sum(run.files for run in runs) * 1e6
    times = f"p50 {p50:6.2f} ms  p95 {p95:6.2f}  p99 {p99:6.2f}"
    print(f"  {server:<10} {rate:8.0f} files/s   {times}   {cpu:5.0f} µs CPU/file")


if __name__ == "__main__":
    sys.exit(main())
