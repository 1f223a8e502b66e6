"""How connections to the database are set up."""

from __future__ import annotations

import pytest
from django.db import connection

from roamline.platform import sql

pytestmark = pytest.mark.django_db


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite compiles nothing")
def test_postgresql_compiles_no_statement() -> None:
    assert sql.row("SHOW jit") == ("off",)
