"""Two engines on one PostgreSQL work off the timers; one is killed half way; every user is logged out exactly once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ENGINES = 2
LOOK_EVERY = 0.1
_OPEN = "SELECT count(*) FROM mobility_loginsession WHERE ended_at IS NULL"
_LEFT = """
SELECT (SELECT count(*) FROM ledger_deadline WHERE kind LIKE 'headsets.%')
     + (SELECT count(*) FROM ledger_effect WHERE kind NOT LIKE 'headsets.show%')
"""
_TWICE = """
SELECT count(*) FROM (SELECT details->>'session' FROM ledger_auditentry WHERE action = 'em.logout'
GROUP BY 1 HAVING count(*) > 1) twice
"""
_LOG_OUTS = "SELECT count(*) FROM ledger_auditentry WHERE action = 'em.logout' AND succeeded"
_WRONG_PROFILE = "SELECT count(*) FROM phones_phone WHERE current_profile_id <> own_profile_id"


@dataclass(frozen=True, slots=True)
class Finish:
    """How it ended: everything but ``seconds`` and ``log_outs`` must be 0."""

    seconds: float
    log_outs: int
    still_in: int
    logged_out_twice: int
    on_wrong_profile: int
    left_to_do: int

    @property
    def is_right(self) -> bool:
        """Whether every user was logged out exactly once."""
        return not (self.still_in or self.logged_out_twice or self.on_wrong_profile or self.left_to_do)


def write_config(folder: Path, name: str, database: str) -> Path:
    """The configuration of one node; all nodes share a key file."""
    from roamline.platform import config

    file = folder / f"{name}.toml"
    changed = {
        "site.data": name, "site.node": name, "database.url": database, "keys.file": str(folder / "site.key"),
        "call_control.enabled": False, "phones.tftp_port": _free_udp_port(),
    }  # fmt: skip
    file.write_text(config.render(changed))
    return file


def _free_udp_port() -> int:
    """Engines serve TFTP, too: each on a port of its own, away from a site that may run here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def prepare(folder: Path, database: str, count: int) -> None:
    """Make the database and the waiting sessions, in a process of its own."""
    config = write_config(folder, "filling", database)
    command = [sys.executable, "-m", "benchmarks.deadlines.filling", str(count)]
    subprocess.run(command, env={**os.environ, "ROAMLINE_CONFIG": str(config)}, check=True)


def run(folder: Path, database: str, count: int, longest_seconds: float) -> Finish:
    """Start the engines, kill one when half is done, and wait until nothing is left to do."""
    began = time.monotonic()
    with psycopg.connect(database, autocommit=True) as looking, _engines(folder, database) as engines:
        _until(lambda: _number(looking, _OPEN) <= count // 2, began + longest_seconds)
        os.kill(engines[0].pid, signal.SIGKILL)
        _until(lambda: _number(looking, _OPEN) == 0 and _number(looking, _LEFT) == 0, began + longest_seconds)
        seconds = time.monotonic() - began
        numbers = [_number(looking, each) for each in (_LOG_OUTS, _OPEN, _TWICE, _WRONG_PROFILE, _LEFT)]
        return Finish(seconds, *numbers)


@contextmanager
def _engines(folder: Path, database: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = []
    try:
        for number in range(ENGINES):
            config = write_config(folder, f"node{number + 1}", database)
            (folder / f"node{number + 1}").mkdir(exist_ok=True)
            with (folder / f"node{number + 1}.log").open("wb") as log:
                command = [sys.executable, "-m", "roamline.processes.engine"]
                environment = {**os.environ, "ROAMLINE_CONFIG": str(config)}
                started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        yield started
    finally:
        for each in started:
            each.terminate()
            each.wait(30)


def _number(looking: psycopg.Connection[tuple[int]], question: str) -> int:
    row = looking.execute(question).fetchone()  # type: ignore[arg-type] - constants of this module
    return row[0] if row else 0


def _until(condition: object, deadline: float) -> None:
    assert callable(condition)
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(LOOK_EVERY)
