"""``roamline import headsets FILE`` and ``roamline export headsets FILE``: associations in bulk (HS-3)."""

from __future__ import annotations

import argparse
import getpass
from datetime import UTC, datetime
from pathlib import Path

from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.commands.progress import Progress

WHAT = ("headsets",)
MOST_REASONS = 1000


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT, help="what the file lists")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX: user_id,serial_number,action")
    parser.add_argument("--dry-run", action="store_true", help="only check, and say what would happen")
    parser.add_argument("--all-or-nothing", action="store_true", help="do nothing when any row is refused")


def import_file(options: argparse.Namespace) -> int:
    """Associate and dissociate headsets; prints each refused row with its reason; 1 when there was one."""
    set_up_django()
    from roamline.rooms.headsets.exchange import Outcome, UnreadableTable, count_rows, import_table

    progress = Progress()
    try:
        progress.total = count_rows(options.file)
        report = import_table(
            options.file, actor=getpass.getuser(), way="command line", now=datetime.now(UTC),
            dry_run=options.dry_run, all_or_nothing=options.all_or_nothing, progress=progress,
        )  # fmt: skip
        progress.end()
    except (UnreadableTable, OSError) as problem:
        print(f"{options.file}: {problem}")
        return 1
    refused = [row for row in report.rows if row.outcome is Outcome.REFUSED]
    for row in refused[:MOST_REASONS]:
        print(f"row {row.number}: {row.action} {row.serial!r} of {row.user_id!r}: {row.reason}")
    if len(refused) > MOST_REASONS:
        print(f"... and {len(refused) - MOST_REASONS} more refused rows")
    print(report.problem or _summary(report.count(Outcome.DONE), report.count(Outcome.UNCHANGED), len(refused), options,
                                     was_applied=report.was_applied))  # fmt: skip
    return 1 if refused or report.problem else 0


def _summary(done: int, unchanged: int, refused: int, options: argparse.Namespace, *, was_applied: bool) -> str:
    verb = "done" if was_applied else "would be done"
    text = f"{done} rows {verb}, {unchanged} unchanged, {refused} refused"
    return text if was_applied or options.dry_run else f"{text}: nothing was changed"


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT, help="what to list")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, or XLSX when it ends so")


def export_file(options: argparse.Namespace) -> int:
    """Write every association to a file."""
    set_up_django()
    from roamline.rooms.headsets.exchange import write_table

    print(f"{write_table(options.file)} associations written to {options.file}")
    return 0


COMMANDS = (
    Command("import", "associate headsets with users in bulk", import_file, _import_arguments),
    Command("export", "write all associations of headsets to a file", export_file, _export_arguments),
)
