from __future__ import annotations

import psycopg
import pytest


@pytest.mark.needs("postgres")
def test_a_private_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SHOW server_version_num").fetchone()
    assert row is not None
    assert int(row[0]) >= 150_000
