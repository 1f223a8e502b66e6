"""``roamline import TABLE FILE`` and ``roamline export TABLE FILE``: bulk administration (BL-1, HS-3).

An import is a job as it is in the web interface, listed there and by ``roamline job``; it is worked on right here.
"""

from __future__ import annotations

import argparse
import getpass
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.commands.progress import Progress

if TYPE_CHECKING:
    from roamline.rooms.bulk.models import Job

WHAT = ("users", "phones", "profiles", "profile_associations", "log_outs", "headsets")
EXPORTED = tuple(name for name in WHAT if name != "log_outs")
MOST_REASONS = 1000


def _now() -> datetime:
    return datetime.now(UTC)


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT, help="what the file lists")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX with a header row")
    parser.add_argument("--dry-run", action="store_true", help="only check, and say what would happen")
    parser.add_argument("--all-or-nothing", action="store_true", help="do nothing when any row is refused")


def import_file(options: argparse.Namespace) -> int:
    """Import a table; prints each refused row with its reason; 1 when there was one."""
    set_up_django()
    from django.core.exceptions import ValidationError

    from roamline.rooms.bulk import running, service
    from roamline.rooms.ledger.changes import Author
    from roamline.rooms.ledger.service import claimant

    author = Author(getpass.getuser(), "command line")
    try:
        with options.file.open("rb") as content:
            job = service.ask_for_import(
                options.what, content, file_name=options.file.name, author=author, now=_now(), dry_run=options.dry_run,
                all_or_nothing=options.all_or_nothing, largest=None, claimed_by=claimant(),
            )  # fmt: skip
    except ValidationError as problem:
        print(f"{options.file}: {' '.join(problem.messages)}")
        return 1
    except OSError as problem:
        print(f"{options.file}: {problem}")
        return 1
    progress = Progress(job.rows)
    done = running.run(running.Work(job, _now, lambda now: progress(now.rows_seen)))
    progress.end()
    _print_refused(done)
    print(_summary(done))
    return 1 if done.rows_refused or done.state != done.DONE or done.problem else 0


def _print_refused(job: Job) -> None:
    from roamline.rooms.bulk.running import refused_rows

    for row in refused_rows(job, MOST_REASONS):
        print(f"row {row['row']}: {row['action']} {row['what']!r}: {row['reason']}")
    if job.rows_refused > MOST_REASONS:
        print(f"... and {job.rows_refused - MOST_REASONS} more refused rows")


def _summary(job: Job) -> str:
    if job.state == job.FAILED:
        return job.problem
    would = "would be done" if job.dry_run or job.problem else "done"
    text = f"{job.rows_done} rows {would}, {job.rows_unchanged} unchanged, {job.rows_refused} refused"
    return f"{text}: {job.problem}" if job.problem else text


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=EXPORTED, help="what to list")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, or XLSX when it ends so")


def export_file(options: argparse.Namespace) -> int:
    """Write a table to a file, as an import reads it."""
    set_up_django()
    from roamline.rooms.bulk import service

    print(f"{service.export_to(options.what, options.file)} rows written to {options.file}")
    return 0


def _job_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=("list", "show", "cancel", "result"), help="what to do")
    parser.add_argument("number", type=int, nargs="?", metavar="NUMBER", help="the job's number, but for list")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="where result writes what came of it")


def job_command(options: argparse.Namespace) -> int:
    """List jobs, show one with its refused rows, cancel one, or fetch its result."""
    set_up_django()
    from roamline.rooms.bulk.models import Job

    if options.deed == "list":
        for each in Job.objects.all()[:50]:
            print(_line(each))
        return 0
    job = Job.objects.filter(pk=options.number).first()
    if job is None:
        print("there is no such job: roamline job list names them")
        return 1
    return {"show": _show, "cancel": _cancel, "result": _result}[options.deed](job, options)


def _line(job: Job) -> str:
    counts = f"{job.rows_done} done, {job.rows_unchanged} unchanged, {job.rows_refused} refused"
    dry = " (dry run)" if job.dry_run else ""
    return (f"{job.pk:>6} {job.kind:<7}{job.table:<21}{job.state:<10}{job.percent:>3} %  {counts}{dry}  "
            f"{job.requested_by} {job.created_at:%Y-%m-%d %H:%M} {job.file_name}")  # fmt: skip


def _show(job: Job, _options: argparse.Namespace) -> int:
    print(_line(job))
    if job.problem:
        print(job.problem)
    _print_refused(job)
    return 0


def _cancel(job: Job, _options: argparse.Namespace) -> int:
    from roamline.rooms.bulk import service
    from roamline.rooms.ledger.changes import Author

    cancelled = service.cancel(job, author=Author(getpass.getuser(), "command line"), now=_now())
    print("It is cancelled." if cancelled else "It is over already.")
    return 0 if cancelled else 1


def _result(job: Job, options: argparse.Namespace) -> int:
    from roamline.rooms.bulk.files import result_of

    if not result_of(job).is_file():
        print("it has no result")
        return 1
    if options.file is None:
        print(result_of(job))
    else:
        shutil.copyfile(result_of(job), options.file)
    return 0


COMMANDS = (
    Command("import", "import users, phones, profiles, associations or log-outs in bulk", import_file,
            _import_arguments),
    Command("export", "write users, phones, profiles or associations to a file", export_file, _export_arguments),
    Command("job", "list, show and cancel jobs of the bulk administration", job_command, _job_arguments),
)  # fmt: skip
