"""``python -m benchmarks.calls``: see README.md; exit code 1 when a goal is missed."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.login import report
from roamline.platform import config as configuration
from roamline.platform.config import Config
from tests.support.postgresql import free_port, private_postgresql

if TYPE_CHECKING:
    from benchmarks.calls.ground import Server

GOAL = 0.7
THERE_AND_BACK = 4
"""So often each round goes from one server to the other and back: each has twice as many turns."""
STEPS = (300, 500, 700, 900, 1200, 1500)


def main() -> int:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=500, help="calls, or registrations, per second")
    parser.add_argument("--seconds", type=float, default=2, help="length of one turn")
    parser.add_argument("--numbers", type=int, default=100_000)
    parser.add_argument("--patterns", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--part", choices=["cost", "highest", "login", "all"], default="all")
    options = parser.parse_args()
    print(report.machine(), flush=True)
    reached = [True]
    if options.part != "login":
        with (
            tempfile.TemporaryDirectory(prefix="roamline-benchmark-") as folder,
            _database(options) as url,
            _servers(Path(folder), options, url) as at,
        ):
            reached += _measure(at, Path(folder), options)
    if options.part in ("login", "all"):
        from benchmarks.calls import log_in

        reached.append(log_in.measure())
    return 0 if all(reached) else 1


@contextmanager
def _database(options: argparse.Namespace) -> Iterator[str]:
    if options.database == "sqlite":
        yield "sqlite"
        return
    with private_postgresql() as url:
        yield url


def _config(folder: Path, url: str) -> Config:
    folder.mkdir()
    names = ("port", "tls_port", "websocket_port", "rpc_port", "events_port")
    calls: dict[str, object] = {name: free_port() for name in names}
    calls["emergency_gateway"] = "127.0.0.1:9"
    return configuration.parse({"site": {"data": str(folder)}, "database": {"url": url}, "call_control": calls})


@contextmanager
def _servers(folder: Path, options: argparse.Namespace, url: str) -> Iterator[tuple[Server, Server]]:
    full = _config(folder / "full", url)
    settings = {"site.data": str(folder / "full"), "database.url": url}
    (folder / "roamline.toml").write_text(configuration.render(settings))
    os.environ["ROAMLINE_CONFIG"] = str(folder / "roamline.toml")
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks.calls import ground

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        ground.fill(options.numbers, options.patterns)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    bare = _config(folder / "bare", url)
    if url == "sqlite":
        (folder / "bare" / "roamline.sqlite3").symlink_to(folder / "full" / "roamline.sqlite3")
    servers = []
    try:
        servers.append(ground.start("full", full))
        servers.append(ground.start("bare", bare, is_bare=True))
        ground.know(servers[1])
        yield servers[0], servers[1]
    finally:
        for server in servers:
            server.close()


def _measure(at: tuple[Server, Server], folder: Path, options: argparse.Namespace) -> list[bool]:
    from benchmarks.calls import ground, load
    from roamline.doors.call_control.rpc import Rpc

    users = ground.callers(folder / "callers.csv")
    port, own = free_port(), free_port()
    ground.register(at[0], f"127.0.0.1:{port}")
    Rpc.of(at[1].config).call("htable.sets", "bare", "callees", f"127.0.0.1:{port}")
    phones = load.callees(folder, port)
    reached = []
    try:
        for scenario, what in ((load.CALL, "call"), (load.REGISTRATION, "registration")):
            if options.part in ("cost", "all"):
                reached.append(_cost(at, scenario, what, users, own, options))
            if options.part in ("highest", "all"):
                for server in at:
                    _highest(server, scenario, what, users, own)
    finally:
        phones.terminate()
        phones.wait(10)
    return reached


def _cost(
    at: tuple[Server, Server], scenario: str, what: str, users: Path, own: int, options: argparse.Namespace
) -> bool:
    from benchmarks.calls import load

    found: dict[str, list[load.Run]] = {server.name: [] for server in at}
    besides: dict[str, list[float]] = {server.name: [] for server in at}
    database = _postmaster() if options.database == "postgresql" else None
    for server in at:
        # Warm: memory that calls are held in is given by the system when it is first written to, which costs.
        load.run(server, scenario, users, own, options.rate, options.seconds * 4)
    for number in range(options.rounds):
        spent = {server.name: 0.0 for server in at}
        turns: dict[str, list[load.Run]] = {server.name: [] for server in at}
        for server in _there_and_back(at if number % 2 else at[::-1]) * THERE_AND_BACK:
            before = report.busy_seconds(database) if database else 0.0
            turns[server.name].append(load.run(server, scenario, users, own, options.rate, options.seconds))
            spent[server.name] += report.busy_seconds(database) - before if database else 0.0
        for name, runs in turns.items():
            found[name].append(load.together(runs))
            besides[name].append(spent[name] / found[name][-1].asked)
    print(f"\n{what}s at {options.rate}/s, {options.numbers} numbers, {options.patterns} patterns", flush=True)
    for name, runs in found.items():
        costs = statistics.median(run.cost for run in runs) * 1e6
        clean = sum(run.is_clean for run in runs)
        share = sum(run.succeeded for run in runs) / sum(run.asked for run in runs)
        server = f", and {statistics.median(besides[name]) * 1e6:.0f} µs of PostgreSQL's" if database else ""
        print(f"  {name:<5} {costs:5.0f} µs CPU each{server}; {clean} of {len(runs)} runs clean, {share:.1%} succeeded")
    pairs = zip(found["bare"], found["full"], strict=True)
    return report.ratios(f"without look-ups / with, per {what}", [bare.cost / full.cost for bare, full in pairs], GOAL)


def _there_and_back(at: Sequence[Server]) -> list[Server]:
    """Each twice: a machine that grows slower meanwhile does so for both alike."""
    return [*at, *reversed(at)]


def _postmaster() -> int:
    """The process above all of PostgreSQL's."""
    from roamline.platform import sql

    found = sql.row("SELECT pg_backend_pid()")
    assert found is not None
    return int(Path(f"/proc/{found[0]}/stat").read_text().rpartition(")")[2].split()[1])


def _highest(server: Server, scenario: str, what: str, users: Path, own: int) -> None:
    from benchmarks.calls import load

    highest = 0
    for rate in STEPS:
        if not any(load.run(server, scenario, users, own, rate, 3).is_clean for _ in range(2)):
            break
        highest = rate
    print(f"  {server.name}: highest clean rate {highest or f'below {STEPS[0]}'} {what}s/s (SIPp on the same cores)")


if __name__ == "__main__":
    sys.exit(main())
