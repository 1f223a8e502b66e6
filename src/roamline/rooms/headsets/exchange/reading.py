"""Reading a table of associations: CSV as spreadsheets write it, or XLSX.

Columns are ``user_id,serial_number,action`` in any order, named by a header row; ``action`` may be missing. CSV may be
UTF-8 with or without BOM or UTF-16 with one, with ``,``, ``;`` or a tab between columns. These columns are our own
design.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

COLUMNS = ("user_id", "serial_number", "action")
REQUIRED = frozenset(COLUMNS[:2])
MOST_ROWS = 1_000_000
LARGEST_FILE = 256 * 1024 * 1024
LONGEST_CELL = 256


class UnreadableTable(Exception):
    """A file that is no table of associations; the message says why, and how to mend it."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as it stands in the file; ``number`` counts from 1, the header being row 1."""

    number: int
    user_id: str
    serial: str
    action: str


def read_table(file: Path) -> Iterator[TableRow]:
    """Every row that is not empty; UnreadableTable for what is no such table. Holds one row at a time in memory."""
    if file.stat().st_size > LARGEST_FILE:
        raise UnreadableTable(f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB: split it")
    with file.open("rb") as start:
        is_xlsx = start.read(4) == b"PK\x03\x04"
    yield from _rows(_xlsx(file) if is_xlsx else _csv(file))


def count_rows(file: Path) -> int:
    """How many rows :func:`read_table` gives, for a bar of progress; as many as can be read when the end cannot."""
    count = 0
    try:
        for _row in read_table(file):
            count += 1
    except UnreadableTable:
        return count
    return count


def _rows(cells: Iterator[list[str]]) -> Iterator[TableRow]:
    places = _places(next(cells, []))
    for number, row in enumerate(cells, start=2):
        if number > MOST_ROWS + 1:
            raise UnreadableTable(f"the table has more than {MOST_ROWS} rows: split it")
        values = [row[places[name]].strip() if places.get(name, len(row)) < len(row) else "" for name in COLUMNS]
        if any(values):
            yield TableRow(number, *(value[:LONGEST_CELL] for value in values))


def _places(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    if not set(names) >= REQUIRED:
        raise UnreadableTable(f"the first row must name the columns {', '.join(COLUMNS)} (action may be left out)")
    if len(set(names) & set(COLUMNS)) != sum(name in COLUMNS for name in names):
        raise UnreadableTable("the first row names a column twice")
    return {name: place for place, name in enumerate(names) if name in COLUMNS}


def _csv(file: Path) -> Iterator[list[str]]:
    with file.open("rb") as start:
        beginning = start.read(4096)
    encoding = "utf-16" if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    first_line = beginning.decode(encoding, "replace").split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        with file.open(encoding=encoding, newline="") as lines:
            yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except UnicodeError as error:
        raise UnreadableTable("the file is neither UTF-8 nor UTF-16: save it as CSV UTF-8") from error
    except csv.Error as error:
        raise UnreadableTable(f"the file is no CSV: {error}") from error


def _xlsx(file: Path) -> Iterator[list[str]]:
    import openpyxl

    try:
        _refuse_bombs(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield ["" if cell is None else _text(cell) for cell in row]
        finally:
            book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, ParseError, OSError) as error:
        raise UnreadableTable(f"the file is no XLSX workbook: {type(error).__name__}") from error


def _refuse_bombs(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > 8 * LARGEST_FILE:
            raise UnreadableTable("the workbook unpacks to more than it should: split it")


def _text(cell: object) -> str:
    # A spreadsheet makes numbers of serials that are digits only.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
