"""(c) How long a whole demo site takes to be ready, and how much memory its processes use."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.login import report
from tests.support.sites import Site, free_offset


def measure() -> bool:
    """Start a whole site, look at each of its processes, stop it."""
    with tempfile.TemporaryDirectory(prefix="roamline-benchmark-") as name:
        data = Path(name) / "site"
        first = Site(data, free_offset()).start()
        first.stop()
        site = Site(data, free_offset()).start()
        try:
            assert site.process is not None
            print(
                f"(c) a new demo site is ready after {first.ready_after:.1f} s, "
                f"an existing one after {site.ready_after:.1f} s"
            )
            _memory(site.process.pid)
        finally:
            site.stop()
    return True


def _memory(pid: int) -> None:
    found: defaultdict[str, list[dict[str, int]]] = defaultdict(list)
    for each in report.processes_below(pid):
        found[_name(each)].append(_sizes(each))
    for name, sizes in found.items():
        _line(sizes, f"{name} ({len(sizes)} processes)" if len(sizes) > 1 else name)
    _line([each for sizes in found.values() for each in sizes], "in all (PSS counts shared pages once)")


def _line(sizes: list[dict[str, int]], text: str) -> None:
    resident, proportional = (sum(each[kind] for each in sizes) / 1024 for kind in ("Rss", "Pss"))
    print(f"  {resident:7.1f} MiB RSS {proportional:7.1f} MiB PSS  {text}")


def _sizes(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return " ".join(Path(word).name for word in words[:4] if word)[:80]
