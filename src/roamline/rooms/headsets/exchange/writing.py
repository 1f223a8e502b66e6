"""Writing all associations as the table that an import reads: export then import gives the same table (HS-3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from roamline.platform import tables
from roamline.rooms.headsets.exchange.reading import COLUMNS
from roamline.rooms.headsets.models import Association

_AT_ONCE = 2000


def write_table(file: Path) -> int:
    """Write CSV (UTF-8), or XLSX for a name that ends so, sorted by user and serial number; how many rows."""
    return tables.write_table(file, COLUMNS, all_rows(), sheet="headsets")


def all_rows() -> Iterator[tuple[str, str, str]]:
    """Every association as a row of the table."""
    found = Association.objects.order_by("account__user_id", "headset__folded_serial")
    for user_id, serial in found.values_list("account__user_id", "headset__serial").iterator(_AT_ONCE):
        yield user_id, serial, "add"
