"""The demo's three clusters for a test: what ``./run --clusters 3`` starts, on free ports."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.agents import Softphone
from tests.support.sites import Site, free_offset, until

STEPS = {"HQ": 0, "EAST": 1000, "WEST": 2000}
PHONES = {"HQ": "SEP0011AA220006", "EAST": "SEP0011AA230006", "WEST": "SEP0011AA240006"}
OWN_NUMBERS = {"HQ": "1906", "EAST": "2906", "WEST": "3906"}
READY_WITHIN = 300.0
WITHIN = 60.0  # generous: three sites on a machine under load


@dataclass(slots=True)
class DemoClusters:
    """A running demo of three clusters."""

    data: Path
    run: Site = field(init=False)

    def __post_init__(self) -> None:
        self.run = Site(self.data, free_offset(*STEPS.values()), ("--clusters", "3"), ready_within=READY_WITHIN)

    def site(self, name: str) -> Site:
        """One of the clusters, to ask it things."""
        return Site(self.data / name.lower(), self.run.offset + STEPS[name])

    def phone(self, name: str) -> Softphone:
        """A cluster's software phone."""
        return Softphone(self.site(name), PHONES[name])

    def order(self, order: str, *names: str) -> None:
        """``./run --stop``, ``--resume``, ``--cut`` or ``--mend``."""
        command = [sys.executable, "-m", "roamline.processes.demo_run", "--data", str(self.data), f"--{order}", *names]
        subprocess.run(command, check=True, capture_output=True)

    def is_up(self, name: str) -> bool:
        """Whether a cluster answers."""
        try:
            with urllib.request.urlopen(f"{self.site(name).web_url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def is_down(self, name: str) -> bool:
        """Whether nothing of a cluster runs any more."""
        return not any(self.site(name).pid(service) for service in ("web", "phones", "engine", "kamailio"))

    def roamline(self, name: str, *arguments: str) -> str:
        """Run ``roamline`` for a cluster; what it printed."""
        file = self.data / name.lower() / "roamline.toml"
        command = [sys.executable, "-m", "roamline.processes.cli", "--config", str(file), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout

    def on_phone(self, name: str, service: str = "/emapp/EMAppServlet", **parameters: str) -> str:
        """What a cluster's software phone shows after one request."""
        query = urllib.parse.urlencode({"device": PHONES[name], **parameters})
        with urllib.request.urlopen(f"{self.site(name).phones_url}{service}?{query}", timeout=30) as answer:
            return str(answer.read().decode())

    def log_in(self, name: str, pin: str, user_id: str = "erin") -> None:
        """Log in on a cluster's software phone."""
        said = self.on_phone(name, userid=user_id, seq=pin)
        assert "Login successful" in said, said

    def place_of(self, number: str, according_to: str) -> str:
        """The cluster that a call to a number goes to."""
        with closing(sqlite3.connect(self.data / according_to.lower() / "roamline.sqlite3", timeout=20)) as database:
            rows = database.execute(
                "SELECT cluster FROM kamailio_route WHERE number = ? ORDER BY rank LIMIT 1", [number]
            )
            return str(next((cluster for (cluster,) in rows), ""))

    def wait_for_place(self, number: str, place: str, *according_to: str) -> None:
        """Wait until clusters know where a number is."""
        for name in according_to:
            until(lambda name=name: self.place_of(number, name) == place, WITHIN, f"{name}: {number} is in {place}")

    def send_home(self, number: str, home: str) -> None:
        """Log out whoever is on a software phone, and wait until a number is home."""
        for name in STEPS:
            self.on_phone(name, doLogout="true")
        self.wait_for_place(number, home, *STEPS)

    def has_pin(self, name: str, user_id: str = "erin") -> bool:
        """Whether a cluster can check a user's PIN."""
        with closing(sqlite3.connect(self.data / name.lower() / "roamline.sqlite3", timeout=20)) as database:
            found = database.execute("SELECT pin_verifier FROM directory_account WHERE user_id = ?", [user_id])
            return any(verifier for (verifier,) in found)

    def calls(self, caller: str, number: str, answers: str) -> None:
        """A call from a cluster's phone is answered by the software phone of another one."""
        assert self.phone(caller).dial(number, timeout=20.0) == ""
        assert [call["state"] for call in self.phone(answers).status()["calls"]] == ["established"]
        self.phone(caller).do("hangup")
        self.phone(caller).waits_for("idle", timeout=WITHIN)
        self.phone(answers).waits_for("idle", timeout=WITHIN)
