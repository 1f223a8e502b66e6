"""Clusters for the measurements: real engines on loopback, each with a database of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.clusters import ClusterSite

WORKER = """
import json, sys, time, django
django.setup()
from datetime import UTC, datetime
from django.db import transaction
from roamline.rooms.clusters import service
for line in sys.stdin:
    deed, *rest = json.loads(line)
    began = time.monotonic()
    if deed == "log in":
        with transaction.atomic():
            service.log_in(rest[0], [rest[1]], "SEP1", datetime.now(UTC))
    elif deed == "number":
        with transaction.atomic():
            service.append("number", rest[0], {"owner": rest[1]}, datetime.now(UTC))
    elif deed == "publish":
        service.publish(datetime.now(UTC))
    print(json.dumps([began, time.monotonic()]), flush=True)
"""


class Engine:
    """One cluster's engine, and a process that does what people do there."""

    def __init__(self, site: ClusterSite) -> None:
        self.site = site
        self._log = (site.folder / "engine.log").open("wb")
        self._engine: subprocess.Popen[bytes] | None = None
        self._worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], env=site.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def start(self) -> None:
        """Start the engine."""
        command = [sys.executable, "-m", "roamline.processes.engine"]
        self._engine = subprocess.Popen(command, env=self.site.environment(), stdout=self._log, stderr=self._log)

    def do(self, *deed: str) -> tuple[float, float]:
        """Have something done there; the monotonic times when it began and when it was committed."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps(deed) + "\n")
        self._worker.stdin.flush()
        began, ended = json.loads(self._worker.stdout.readline())
        return began, ended

    def peak_mib(self) -> float:
        """The engine's greatest memory so far."""
        assert self._engine is not None
        status = Path(f"/proc/{self._engine.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        """Stop both."""
        for process in (self._engine, self._worker):
            if process is not None:
                process.terminate()
                process.wait(30)
        self._log.close()


def wait_for(condition: Callable[[], Any], within: float, pause: float = 0.002) -> float:
    """Poll until something is so; the monotonic time when it was seen."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)
    return time.monotonic()


def quantile(values: list[float], share: float) -> float:
    """The value that a share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
