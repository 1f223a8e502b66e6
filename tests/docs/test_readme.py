"""The README's tour does what it says, typed as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sites import Site

ROOT = Path(__file__).resolve().parents[2]


def tour() -> str:
    """Every command of the five minutes, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    part = text.partition("## Five minutes")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", part, re.MULTILINE | re.DOTALL))


@pytest.mark.needs("kamailio", "baresip")
def test_the_tour_of_the_readme_works_as_written(site: Site) -> None:
    commands = (
        tour()
        .replace("http://127.0.0.1:8080", site.phones_url)
        .replace(".venv/bin/roamline ", f".venv/bin/roamline --config {site.data}/roamline.toml ")
        .replace(".venv/bin/", f"{Path(sys.executable).parent}/")
        .replace("var/", f"{site.data}/")
    )
    ran = subprocess.run(["bash", "-c", commands], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    said = ran.stdout + ran.stderr
    expected = [
        "CiscoIPPhoneInput",
        "Login successful. Welcome, alice.",
        "device   SEP0011AA220006: Alice Archer (alice)",
        "line 1   1001",
        "key 5    Bob -> 1002",
        "established: 1001",
        "call     to sip:1001@roamline: established",
        "established: 95551234",
        "sip:1001@",
        "the call ended: 403 Not Permitted",
        "established: 112",
        '"location": "Main building, lobby"',
        "FAILS  205",
        "로그인할 수 없음 (205)",
    ]
    assert [each for each in expected if each not in said] == [], said
    # The call before it may still be ending.
    assert "Logout successful. Goodbye, alice." in said or "alice will be logged out when the call ends." in said
