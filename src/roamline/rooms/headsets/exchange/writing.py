"""Writing all associations as the table that an import reads: export then import gives the same table (HS-3)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from roamline.rooms.headsets.exchange.reading import COLUMNS
from roamline.rooms.headsets.models import Association

# What a spreadsheet would take for a formula; it is written as text there, and CSV has no such thing.
_AT_ONCE = 2000


def write_table(file: Path) -> int:
    """Write CSV (UTF-8), or XLSX for a name that ends so, sorted by user and serial number; how many rows."""
    rows = _rows()
    return _xlsx(file, rows) if file.suffix.lower() == ".xlsx" else _csv(file, rows)


def _rows() -> Iterator[tuple[str, str, str]]:
    found = Association.objects.order_by("account__user_id", "headset__folded_serial")
    for user_id, serial in found.values_list("account__user_id", "headset__serial").iterator(_AT_ONCE):
        yield user_id, serial, "add"


def _csv(file: Path, rows: Iterator[tuple[str, str, str]]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(COLUMNS)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the result
            writer.writerow(row)
    return count


def _xlsx(file: Path, rows: Iterator[tuple[str, str, str]]) -> int:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("headsets")
    sheet.append(COLUMNS)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the result
        cells = [WriteOnlyCell(sheet, value=value) for value in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    book.save(file)
    return count
