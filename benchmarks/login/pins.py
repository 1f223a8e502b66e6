"""(a) PIN log-ins per second through HTTP, divided by bare Argon2id verifications per second on the same cores."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.login import ground, report
from benchmarks.login.ground import PIN, Ground
from roamline.processes import probes

GOAL = 0.85
LOAD = Path(__file__).with_name("load.py")
WARM_UP = 40

Job = tuple[str, str, str]
Verify = Callable[[list[Job]], dict[str, float]]


def measure(database: str, rounds: int, per_round: int, connections: int) -> bool:
    """Interleave rounds of both; print what was found; whether the goal is reached."""
    count = WARM_UP + rounds * per_round
    with ground.prepared(database) as here:
        sealed = ground.populate(count, with_pins=True)
        ground.allow_requests(1000)
        from roamline.rooms.directory import verifiers

        print(
            f"(a) {database}: {rounds} rounds of {per_round} PIN log-ins over HTTP ({connections} connections) "
            f"and of as many bare verifications; "
            f"Argon2id m={verifiers.MEMORY_KIB} KiB t={verifiers.PASSES} p={verifiers.LANES}"
        )
        jobs = [(PIN, sealed[n], str(ground.uuid_of(n))) for n in range(count)]
        with phones_process(here) as server, _bare() as verify:
            _log_in(here, range(WARM_UP), connections)
            verify(jobs[:WARM_UP])
            return _rounds(here, server, jobs, rounds, per_round, connections, verify)


def _rounds(
    here: Ground, server: int, jobs: list[Job], rounds: int, per_round: int, connections: int, verify: Verify
) -> bool:
    ratios: list[float] = []
    busy_ratios: list[float] = []
    rates: list[float] = []
    bare_rates: list[float] = []
    seconds: list[float] = []
    answers: Counter[str] = Counter()
    for turn in range(rounds):
        numbers = range(WARM_UP + turn * per_round, WARM_UP + (turn + 1) * per_round)
        batch = [jobs[n] for n in numbers]
        # Half of the bare verifications before and half after: what else runs on the machine meets both sides.
        before = verify(batch[: per_round // 2])
        busy_before = report.busy_seconds(server)
        found = _log_in(here, numbers, connections)
        busy = report.busy_seconds(server) - busy_before
        after = verify(batch[per_round // 2 :])
        bare = per_round / (before["elapsed"] + after["elapsed"])
        busy_ratios.append((before["busy"] + after["busy"]) / busy)
        rates.append(per_round / found["elapsed"])
        bare_rates.append(bare)
        ratios.append(rates[-1] / bare)
        seconds += found["seconds"]
        answers.update(found["answers"])
    print(f"  log-ins/s: {report.numbers(rates)}; verifications/s: {report.numbers(bare_rates)}")
    print(f"  answers: {dict(answers)}; {report.percentiles(seconds)}")
    print(
        f"  by processor time alone (of the server, without the load generator): {statistics.median(busy_ratios):.3f}"
    )
    everybody = set(answers) == {"Login successful"}
    return report.ratios("log-ins / verifications", ratios, GOAL) and everybody


def _log_in(here: Ground, numbers: range, connections: int) -> dict[str, Any]:
    targets = [
        "/emapp/EMAppServlet?" + urlencode({"device": ground.device(n), "userid": ground.user_id(n), "seq": PIN})
        for n in numbers
    ]
    command = [sys.executable, "-S", "-E", str(LOAD), "127.0.0.1", str(here.port), str(connections)]
    done = subprocess.run(command, input="\n".join(targets), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def phones_process(here: Ground) -> Iterator[int]:
    """The phone-facing process as in production, on its own port; its process id."""
    log = (here.folder / "phones.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "roamline.processes.servers", "phones"], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while not probes.answers("127.0.0.1", here.port, "/readyz"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((here.folder / "phones.log").read_text())
            threading.Event().wait(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _bare() -> Iterator[Verify]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.login.bare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def verify(jobs: list[Job]) -> dict[str, float]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(jobs) + "\n")
        process.stdin.flush()
        found: dict[str, float] = json.loads(process.stdout.readline())
        assert found["right"] == len(jobs)
        return found

    try:
        yield verify
    finally:
        process.stdin.close()
        process.wait(30)
