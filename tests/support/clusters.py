"""Real clusters for a test: sites run by ``roamline serve`` on loopback, joined by the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from roamline.platform import config
from tests.support.sites import free_offset, until

PASSWORD = "a password for tests only"
READY_WITHIN = 90.0


@dataclass
class ClusterSite:
    """A site in a folder of its own, with its own database and ports."""

    name: str
    folder: Path
    database: str = "sqlite"
    settings: dict[str, object] = field(default_factory=dict)
    offset: int = field(default_factory=free_offset)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        ports = {
            setting.key: setting.default + self.offset
            for setting in config.SETTINGS
            if setting.kind is int and setting.name.endswith("port")
        }
        changed = {"site.data": ".", "site.demo": True, "call_control.enabled": False, "database.url": self.database}
        self.file.write_text(config.render(ports | changed | self.settings))
        (self.folder / "password").write_text(PASSWORD)
        self.roamline("migrate")

    @property
    def file(self) -> Path:
        return self.folder / "roamline.toml"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{7501 + self.offset}"

    def create(self) -> None:
        """Make a network with this site as its first hub."""
        password = ["--password-file", str(self.folder / "password")]
        self.roamline("ils", "create", "--cluster-id", self.name, *password, *self._asks())

    def _asks(self) -> list[str]:
        return ["--certificates"] if "ils.ca" in self.settings else []

    def join(self, other: ClusterSite, role: str = "hub", *, look_first: bool = False) -> None:
        """Join the other's network; ``look_first`` as an administrator does, who is told of duplicates."""
        password = str(self.folder / "password")
        arguments = ["--role", role, "--cluster-id", self.name, "--password-file", password]
        accepts = [] if look_first else ["--accept-duplicates"]
        self.roamline("ils", "join", other.address, *arguments, *accepts, *self._asks())

    def roamline(self, *arguments: str) -> str:
        """Run ``roamline``; what it printed."""
        return self._run("-m", "roamline.processes.cli", *arguments)

    def python(self, code: str) -> str:
        """Run a few lines with Django set up; what they printed."""
        return self._run("-c", f"import django\ndjango.setup()\n{code}")

    def start(self) -> None:
        """Serve, as ``roamline serve`` does."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "roamline.processes.cli", "serve"], env=self.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until((self.folder / "run" / "engine.pid").exists, READY_WITHIN, "the engine runs")

    def stop(self) -> None:
        """Stop as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process = None

    def kill_engine(self) -> None:
        """Kill the engine as a crash does; the supervisor starts it again."""
        os.kill(int((self.folder / "run" / "engine.pid").read_text()), signal.SIGKILL)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        return {**os.environ, "ROAMLINE_CONFIG": str(self.file), "DJANGO_SETTINGS_MODULE": "roamline.platform.settings"}


def pause(seconds: float) -> None:
    """Let a moment pass in which something must not happen."""
    threading.Event().wait(seconds)
