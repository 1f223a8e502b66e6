"""``python -m benchmarks.headset_import [ROWS]``: see the README beside this file."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

ROWS = 100_000
HEADSETS_EACH = 10
MOST_MIB = 300


def main() -> int:
    """Import into a fresh SQLite site, once by valid rows and once whole; 1 when it needs too much memory."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="roamline-import-") as name:
        _set_up(Path(name))
        for all_or_nothing in (False, True):
            _measure(Path(name), rows, all_or_nothing)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory of the whole process, log-ins and Django included: {mib:.0f} MiB")
    return 0 if mib < MOST_MIB else 1


def _set_up(folder: Path) -> None:
    from roamline.platform import config

    file = folder / "roamline.toml"
    file.write_text(config.render({"site.data": "data", "call_control.enabled": False}))
    os.environ["ROAMLINE_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from tests.support import factories

    call_command("migrate", verbosity=0)
    factories.phone()
    factories.user("alice")


def _measure(folder: Path, rows: int, all_or_nothing: bool) -> None:
    from roamline.rooms.directory.models import Account
    from roamline.rooms.headsets.exchange import Outcome, Report, import_table
    from roamline.rooms.headsets.models import Association

    people = range(rows // HEADSETS_EACH)
    Association.objects.all().delete()
    Account.objects.bulk_create(
        (Account(user_id=f"user{n}", password="!") for n in people), batch_size=1000, ignore_conflicts=True
    )
    file = folder / "headsets.csv"
    lines = (f"user{n % len(people)},SERIAL-{all_or_nothing:d}-{n},add\n" for n in range(rows))
    with file.open("w") as table:
        table.write("user_id,serial_number,action\n")
        table.writelines(lines)
    reports: list[Report] = []
    work = threading.Thread(target=lambda: reports.append(
        import_table(file, actor="benchmark", way="benchmark", now=datetime.now(UTC), all_or_nothing=all_or_nothing)
    ))  # fmt: skip
    began = time.monotonic()
    work.start()
    waits = _log_in_and_out_while(work)
    seconds = time.monotonic() - began
    done = reports[0].count(Outcome.DONE)
    kind = "whole" if all_or_nothing else "by valid rows"
    print(f"{kind}: {done} of {rows} rows in {seconds:.0f} s; {len(waits)} log-ins and log-outs meanwhile,")
    print(f"  median {statistics.median(waits) * 1000:.0f} ms, 99 % {_percentile(waits, 0.99):.0f} ms, "
          f"longest {max(waits) * 1000:.0f} ms")  # fmt: skip


def _log_in_and_out_while(work: threading.Thread) -> list[float]:
    from roamline.rooms.mobility import service as mobility

    by, waits, device = mobility.By("benchmark", mobility.Way.ADMINISTRATOR), [], "SEP0011AA220001"
    while work.is_alive():
        for act in (
            lambda: mobility.log_in(mobility.LogIn(device, "alice", None), by, datetime.now(UTC)),
            lambda: mobility.log_out(device, by, datetime.now(UTC)),
        ):
            began = time.monotonic()
            act()
            waits.append(time.monotonic() - began)
    return waits


def _percentile(waits: list[float], share: float) -> float:
    return sorted(waits)[int(len(waits) * share)] * 1000


if __name__ == "__main__":
    sys.exit(main())
