"""(c) How long a whole demo site takes to be ready, and how much memory its processes use."""

from __future__ import annotations

import tempfile
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
    total = resident = 0
    for each in report.processes_below(pid):
        sizes = _sizes(each)
        total, resident = total + sizes["Pss"], resident + sizes["Rss"]
        print(f"  {sizes['Rss'] / 1024:7.1f} MiB RSS {sizes['Pss'] / 1024:7.1f} MiB PSS  {_name(each)}")
    print(f"  {resident / 1024:7.1f} MiB RSS {total / 1024:7.1f} MiB PSS  in all (PSS counts shared pages once)")


def _sizes(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return " ".join(Path(word).name for word in words[:4] if word)[:80]
