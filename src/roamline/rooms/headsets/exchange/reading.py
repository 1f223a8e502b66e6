"""Reading a table of associations: columns ``user_id,serial_number,action`` in any order, ``action`` may be missing.

These columns are our own design; how tables are read at all is :mod:`roamline.platform.tables`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roamline.platform import tables
from roamline.platform.tables import UnreadableTable

COLUMNS = ("user_id", "serial_number", "action")
REQUIRED = frozenset(COLUMNS[:2])

__all__ = ["COLUMNS", "TableRow", "UnreadableTable", "count_rows", "read_table"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as it stands in the file; ``number`` counts from 1, the header being row 1."""

    number: int
    user_id: str
    serial: str
    action: str


def read_table(file: Path) -> Iterator[TableRow]:
    """Every row that is not empty; UnreadableTable for what is no such table. Holds one row at a time in memory."""
    for row in tables.read_table(file, COLUMNS, REQUIRED):
        yield TableRow(row.number, row["user_id"], row["serial_number"], row["action"])


def count_rows(file: Path) -> int:
    """How many rows :func:`read_table` gives, for a bar of progress; as many as can be read when the end cannot."""
    count = 0
    try:
        for _row in read_table(file):
            count += 1
    except UnreadableTable:
        return count
    return count
