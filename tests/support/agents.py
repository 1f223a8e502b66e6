"""A demo site's software phones, driven as a person would: by the desk agent's own commands."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.sites import Site


@dataclass(frozen=True, slots=True)
class Softphone:
    """A software phone of a site."""

    site: Site
    device: str

    @property
    def state(self) -> Path:
        """The agent's state folder."""
        return self.site.data / "agents" / self.device

    def run(self, *arguments: str, timeout: float = 30.0) -> subprocess.CompletedProcess[str]:
        """Run one command of the agent."""
        program = Path(sys.executable).with_name("roamline-agent")
        command, *rest = arguments
        return subprocess.run(
            [str(program), command, "--state", str(self.state), *rest],
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def do(self, *arguments: str) -> str:
        """Run one command that must succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{self.device} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def status(self) -> dict[str, Any]:
        """The agent's status."""
        found: dict[str, Any] = json.loads(self.do("status", "--json"))
        return found

    def dial(self, number: str, wait: str = "established", timeout: float = 10.0) -> str:
        """Dial and wait; why it failed, or an empty string."""
        done = self.run("dial", number, "--wait", wait, "--timeout", str(timeout))
        return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}".strip()

    def waits_for(self, what: str, timeout: float = 5.0) -> None:
        """Wait for ringing, established, idle or registered:NUMBER."""
        self.do("wait", "--for", what, "--timeout", str(timeout))
