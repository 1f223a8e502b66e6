"""Desk agents at a running site, beside those that the demo runs, and the site's tables as tests set them."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from roamline.rooms.parameters.rules.parameter import Parameter
from tests.support.sites import Site, until

Rows = list[tuple[Any, ...]]


def ask(site: Site, statement: str, *values: object) -> Rows:
    """Run one statement on a site's own database; what it gives."""
    with sqlite3.connect(site.data / "roamline.sqlite3", timeout=20) as database:
        return database.execute(statement, values).fetchall()


def set_parameter(site: Site, parameter: Parameter, value: str) -> None:
    """Set a parameter of a site."""
    ask(site, "DELETE FROM parameters_parametervalue WHERE service = ? AND name = ?", parameter.service, parameter.name)
    ask(
        site,
        "INSERT INTO parameters_parametervalue (uuid, revision, service, name, node, value) VALUES (?, 0, ?, ?, '', ?)",
        *(uuid4().hex, parameter.service, parameter.name, value),
    )


def audit_of(site: Site, device: str, prefixes: Sequence[str] = ("headset.", "em.log")) -> list[str]:
    """What the audit has of a phone since the site began, oldest first: action and way."""
    rows = ask(site, "SELECT action, way FROM ledger_auditentry WHERE device = ? AND succeeded ORDER BY id", device)
    return [f"{action}: {way}" for action, way in rows if action.startswith(tuple(prefixes))]


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk agent that a test started; ``token`` is the device's."""

    state: Path
    token: str
    process: subprocess.Popen[str]

    def do(self, *arguments: str, pin: str = "") -> str:
        """Run one of the agent's commands; what it printed."""
        command, *rest = arguments
        program = [sys.executable, "-m", "roamline_desk_agent", command, "--state", str(self.state), *rest]
        done = subprocess.run(
            program, input=f"{pin}\n", capture_output=True, text=True, timeout=60, check=False, env=environment()
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def status(self) -> dict[str, Any]:
        """The agent's status."""
        found: dict[str, Any] = json.loads(self.do("status", "--json"))
        return found

    @property
    def screen(self) -> dict[str, Any]:
        """What the phone shows; an empty title for nothing."""
        found: dict[str, Any] = json.loads(self.do("screen", "--json"))["screen"] or {"title": "", "text": ""}
        return found

    def shows(self, text: str) -> None:
        """Wait until the phone's screen has a text; an empty one for nothing at all."""
        found = (lambda: text in self.screen["text"]) if text else lambda: not self.screen["title"]
        until(found, 30, f"the screen {text!r}, not {self.screen}")

    def press(self, key: str, pin: str = "", **fields: str) -> None:
        """Press a softkey, with what is typed."""
        typed = [part for name, value in fields.items() for part in ("--field", f"{name}={value}")]
        self.do("press", key, *typed, *(["--pin-stdin"] if pin else []), pin=pin)

    def plug(self, port: str, serial: str) -> None:
        """Plug a USB headset in, in a world of :mod:`tests.desk_agent.udev_player`."""
        self._play(f"plug {port} {serial}")

    def unplug(self, port: str) -> None:
        """Pull it out."""
        self._play(f"unplug {port}")

    def _play(self, line: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


def environment() -> dict[str, str]:
    """The environment of a programme that imports what this test imports."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@contextmanager
def desk_agent(site: Site, folder: Path, *options: str, under: Sequence[str] = ()) -> Iterator[Desk]:
    """Run an agent with ``--device`` or ``--for`` among ``options``, with a fresh token of that device."""
    device, token = options[1], f"token-of-{options[1]}"
    digest = hashlib.sha256(token.encode()).hexdigest()
    ask(site, "UPDATE phones_phone SET token_hash = ? WHERE name = ?", digest, device)
    state, file = folder / device, folder / f"{device}.token"
    file.touch(0o600)
    file.write_text(token)
    command = [
        *under, sys.executable, "-m", "roamline_desk_agent", "run", *options, "--server", site.web_url,
        "--token-file", str(file), "--state", str(state),
    ]  # fmt: skip
    with (folder / f"{device}.log").open("w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment()
        )
        try:
            until((state / "agent.sock").exists, 30, "the agent")
            yield Desk(state, token, process)
        finally:
            if not under:
                process.terminate()
            process.communicate(timeout=30)
