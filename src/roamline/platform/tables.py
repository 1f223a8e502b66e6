"""Tables as administrators exchange them: CSV as spreadsheets write it, or XLSX, with a header row (HS-3, BL-1).

CSV may be UTF-8 with or without BOM or UTF-16 with one, with ``,``, ``;`` or a tab between columns. Which columns a
table has is its reader's business; they may stand in any order.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

MOST_ROWS = 1_000_000
LARGEST_FILE = 256 * 1024 * 1024
LONGEST_CELL = 256


class UnreadableTable(Exception):
    """A file that is no such table; the message says why, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file: texts by column; ``number`` counts from 1, the header being row 1."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_table(
    file: Path, columns: Sequence[str], required: frozenset[str], *, longest_cell: int = LONGEST_CELL
) -> Iterator[Row]:
    """Every row that is not empty; UnreadableTable for what is no such table. Holds one row at a time in memory."""
    if file.stat().st_size > LARGEST_FILE:
        raise UnreadableTable(
            Wording(_("the file is larger than %(size)s MiB: split it"), size=LARGEST_FILE // 1024 // 1024)
        )
    with file.open("rb") as start:
        is_xlsx = start.read(4) == b"PK\x03\x04"
    yield from _rows(_xlsx(file) if is_xlsx else _csv(file), columns, required, longest_cell)


def _rows(
    cells: Iterator[list[str]], columns: Sequence[str], required: frozenset[str], longest_cell: int
) -> Iterator[Row]:
    places = _places(next(cells, []), columns, required)
    for number, row in enumerate(cells, start=2):
        if number > MOST_ROWS + 1:
            raise UnreadableTable(Wording(_("the table has more than %(rows)s rows: split it"), rows=MOST_ROWS))
        values = {name: row[place].strip()[:longest_cell] for name, place in places.items() if place < len(row)}
        if any(values.values()):
            yield Row(number, values)


def _places(header: list[str], columns: Sequence[str], required: frozenset[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    if not set(names) >= required:
        optional = ", ".join(name for name in columns if name not in required)
        said = _("the first row must name the columns %(columns)s (%(optional)s may be left out)")
        raise UnreadableTable(Wording(said, columns=", ".join(columns), optional=optional))
    if len(set(names) & set(columns)) != sum(name in columns for name in names):
        raise UnreadableTable(_("the first row names a column twice"))
    return {name: place for place, name in enumerate(names) if name in columns}


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
        raise UnreadableTable(_("the file is neither UTF-8 nor UTF-16: save it as CSV UTF-8")) from error
    except csv.Error as error:
        raise UnreadableTable(Wording(_("the file is no CSV: %(why)s"), why=str(error))) from error


def _xlsx(file: Path) -> Iterator[list[str]]:
    import openpyxl

    try:
        _refuse_bombs(file)
        with file.open("rb") as content:  # a name would have to end in .xlsx
            book = openpyxl.load_workbook(content, read_only=True, data_only=True)
            try:
                for row in book.worksheets[0].iter_rows(values_only=True):
                    yield ["" if cell is None else _text(cell) for cell in row]
            finally:
                book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, ParseError, OSError) as error:
        raise UnreadableTable(Wording(_("the file is no XLSX workbook: %(why)s"), why=type(error).__name__)) from error


def _refuse_bombs(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > 8 * LARGEST_FILE:
            raise UnreadableTable(_("the workbook unpacks to more than it should: split it"))


def _text(cell: object) -> str:
    # A spreadsheet makes numbers of texts that are digits only.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], *, sheet: str = "table") -> int:
    """Write CSV (UTF-8), or XLSX for a name that ends so, every cell a text; how many rows."""
    return _write_xlsx(file, columns, rows, sheet) if file.suffix.lower() == ".xlsx" else _write_csv(
        file, columns, rows
    )  # fmt: skip


def _write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(columns)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the result
            writer.writerow(row)
    return count


def _write_xlsx(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], sheet: str) -> int:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(list(columns))
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the result
        cells = [WriteOnlyCell(page, value=value) for value in row]
        for cell in cells:  # what a spreadsheet would take for a formula is written as text
            cell.data_type = "s"
        page.append(cells)
    book.save(file)
    return count
