"""A site that was made with the first released schema reaches the newest one with everything it had."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

LINES = [["SEP0011AA220006", "1906", "0" * 32]]


def migrate(folder: Path, database: str) -> None:
    """From the first released schema to the newest; nothing is lost and call control sees the same."""
    environment = {k: v for k, v in os.environ.items() if k not in {"ROAMLINE_CONFIG", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "tests.processes.migrating", str(folder), database]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["before"] == told["after"] == {"lines": LINES, "users": ["alice"]}


def test_the_first_released_schema_migrates_with_data_and_views_on_sqlite(tmp_path: Path) -> None:
    migrate(tmp_path, "sqlite")


@pytest.mark.needs("postgres")
def test_the_first_released_schema_migrates_with_data_and_views_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE migrations")
    migrate(tmp_path, f"{postgres_url.rpartition('/')[0]}/migrations")
