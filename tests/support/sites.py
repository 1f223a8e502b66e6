"""A whole real site for a test: started by the very code that ``./run`` ends in, on ports of its own."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from roamline.platform import config
from roamline.processes import demo_site, probes

SECRET = "a-secret-for-tests-only"
READY = "Roamline is ready: "
STEP = 20
READY_WITHIN = 90.0


def free_offset(*steps: int) -> int:
    """A port offset at which every port of a site is free; below the ports that the kernel hands out.

    With ``steps`` those of several sites, each so far from the offset.
    """
    candidates = list(range(STEP * 10, 22_000 - max(steps, default=0), STEP))
    random.shuffle(candidates)
    defaults = config.parse({})
    ports = [*probes.ports(defaults), probes.Port("pstn", "127.0.0.1", demo_site.PSTN_PORT, datagram=True)]
    for offset in candidates:
        moved = [
            probes.Port(p.setting, p.host, p.number + offset + step, p.datagram)
            for p in ports
            for step in (steps or (0,))
        ]
        if all(probes.obstacle(port) is None for port in moved):
            return offset
    raise RuntimeError("no free ports for a site")


@dataclass(slots=True)
class Site:
    """A running site. ``secret`` is every password of its demo content; ``output`` what it printed so far."""

    data: Path
    offset: int
    arguments: tuple[str, ...] = ()
    secret: str = SECRET
    output: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    ready_after: float = 0.0
    ready_within: float = READY_WITHIN

    @property
    def host(self) -> str:
        """What it is reached by, as URLs write it."""
        return "[::1]" if "--ipv6" in self.arguments else "127.0.0.1"

    @property
    def web_url(self) -> str:
        return f"http://{self.host}:{8090 + self.offset}"

    @property
    def phones_url(self) -> str:
        return f"http://{self.host}:{8080 + self.offset}"

    @property
    def files_url(self) -> str:
        return f"http://{self.host}:{6970 + self.offset}"

    @property
    def secure_url(self) -> str:
        return f"https://{self.host}:{8443 + self.offset}"

    def port(self, default: int) -> int:
        """This site's port for one of the fixed addresses, such as 5060."""
        return default + self.offset

    def pid(self, name: str) -> int | None:
        """The process id of one of its services, or None while it is not running."""
        try:
            return int((self.data / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None

    def log(self, name: str) -> str:
        """What a service has logged."""
        file = self.data / "logs" / f"{name}.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def start(self) -> Site:
        """Start it and wait until it says that it is ready; fails with what it printed when it does not."""
        began = time.monotonic()
        command = [
            sys.executable, "-m", "roamline.processes.demo_run", "--data", str(self.data),
            "--port-offset", str(self.offset), "--demo-secret", self.secret, *self.arguments,
        ]  # fmt: skip
        environment = {k: v for k, v in os.environ.items() if k not in {"ROAMLINE_CONFIG", "DJANGO_SETTINGS_MODULE"}}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        deadline = began + self.ready_within
        while not ready.wait(0.05):
            if self.process.poll() is not None or time.monotonic() > deadline:
                printed = "".join(self.output)
                self.stop()
                raise AssertionError(f"the site did not start:\n{printed}")
        self.ready_after = time.monotonic() - began
        return self

    def stop(self, patience: float = 40.0) -> int | None:
        """Stop it as Ctrl-C does and wait; its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if line.startswith(READY):
                ready.set()


def until(condition: object, within: float = 10.0, what: str = "") -> None:
    """Poll ``condition`` (a function) until it is true; fail after ``within`` seconds."""
    assert callable(condition)
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what or condition}"
        threading.Event().wait(0.02)
