"""Bulk import and export of associations: CSV and XLSX, checked row by row, applied in short transactions (HS-3)."""

from roamline.rooms.headsets.exchange.checking import Outcome, RowResult
from roamline.rooms.headsets.exchange.importing import Report, import_table
from roamline.rooms.headsets.exchange.reading import UnreadableTable, count_rows
from roamline.rooms.headsets.exchange.writing import write_table

__all__ = ["Outcome", "Report", "RowResult", "UnreadableTable", "count_rows", "import_table", "write_table"]
