"""Very many sign-out timers due at once, two nodes, one dies half way: everybody is logged out exactly once (HS-32)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.deadlines import race

COUNT = 1000


@pytest.mark.timeout(400)
@pytest.mark.needs("postgres")
@pytest.mark.proves("HS-32")
def test_every_timer_fires_once_although_a_node_dies(tmp_path: Path, postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE timers")
    database = f"{postgres_url.rpartition('/')[0]}/timers"
    race.prepare(tmp_path, database, COUNT)
    finish = race.run(tmp_path, database, COUNT, longest_seconds=300.0)
    assert finish.is_right, finish
    assert finish.log_outs == COUNT
