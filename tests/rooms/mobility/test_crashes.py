"""After a kill -9 at any instant a phone is wholly in or wholly out (EM-44)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.mobility.crashing import DEVICE, SECOND


def crash(folder: Path, database: str) -> dict[str, dict[str, Any]]:
    """Every operation killed at every step; its outcome by name."""
    environment = {k: v for k, v in os.environ.items() if k not in {"ROAMLINE_CONFIG", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "tests.rooms.mobility.crashing", str(folder), database]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {outcome["operation"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


def assert_wholly_in_or_out(outcomes: dict[str, dict[str, Any]]) -> None:
    """Nothing disagrees; each operation has happened or has not, and once it has, it stays so."""
    expected = {"log in": ([], [DEVICE]), "log out": ([DEVICE], []), "log in elsewhere": ([DEVICE], [SECOND])}
    for name, (before, after) in expected.items():
        outcome = outcomes[name]
        assert outcome["findings"] == []
        assert outcome["killed"] > 15, "it was killed at every statement"
        happened = [on == after for on in outcome["on"]]
        assert all(on in (before, after) for on in outcome["on"])
        assert happened == sorted(happened), "killed later, it never did less"
        assert happened[0] is False
        assert happened[-1] is True


@pytest.mark.timeout(300)
def test_a_crash_at_any_statement_leaves_the_phone_wholly_in_or_out_on_sqlite(tmp_path: Path) -> None:
    assert_wholly_in_or_out(crash(tmp_path, "sqlite"))


@pytest.mark.timeout(300)
@pytest.mark.needs("postgres")
def test_a_crash_at_any_statement_leaves_the_phone_wholly_in_or_out_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE crashes")
    base, _, _ = postgres_url.rpartition("/")
    assert_wholly_in_or_out(crash(tmp_path, f"{base}/crashes"))
