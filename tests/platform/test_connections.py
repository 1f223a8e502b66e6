"""How connections to the database are set up."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from roamline.platform import config

pytestmark = pytest.mark.needs("postgres")


def test_postgresql_compiles_no_statement(postgres_url: str, django_db_blocker: pytest.FixtureRequest) -> None:
    settings = {**connections.settings[DEFAULT_DB_ALIAS], "OPTIONS": {}}
    settings |= config.database_settings(postgres_url, Path())
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
    connection.close()
