"""``roamline import TABLE FILE`` and ``roamline export TABLE FILE``: bulk administration (BL-1, HS-3).

An import is a job as it is in the web interface, listed there and by ``roamline job``; it is worked on right here.
"""

from __future__ import annotations

import argparse
import getpass
import shutil
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.commands.progress import Progress
from roamline.processes.terminal import padded

if TYPE_CHECKING:
    from roamline.rooms.bulk.models import Job

WHAT = ("users", "phones", "profiles", "profile_associations", "log_outs", "headsets")
EXPORTED = tuple(name for name in WHAT if name != "log_outs")
MOST_REASONS = 1000


def _now() -> datetime:
    return datetime.now(UTC)


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT, help=_("what the file lists"))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV or XLSX with a header row"))
    parser.add_argument("--dry-run", action="store_true", help=_("only check, and say what would happen"))
    parser.add_argument("--all-or-nothing", action="store_true", help=_("do nothing when any row is refused"))


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
        print(_("row %(row)s: %(action)s %(what)r: %(reason)s") % row)
    if job.rows_refused > MOST_REASONS:
        print(_("... and %s more refused rows") % (job.rows_refused - MOST_REASONS))


def _summary(job: Job) -> str:
    problem = job.trouble
    if job.state == job.FAILED:
        return problem
    said = (
        _("%(done)s rows would be done, %(unchanged)s unchanged, %(refused)s refused")
        if job.dry_run or job.problem else _("%(done)s rows done, %(unchanged)s unchanged, %(refused)s refused")
    )  # fmt: skip
    text = said % {"done": job.rows_done, "unchanged": job.rows_unchanged, "refused": job.rows_refused}
    return f"{text}: {problem}" if problem else text


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=EXPORTED, help=_("what to list"))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV, or XLSX when it ends so"))


def export_file(options: argparse.Namespace) -> int:
    """Write a table to a file, as an import reads it."""
    set_up_django()
    from roamline.rooms.bulk import service

    count = service.export_to(options.what, options.file)
    print(_("%(rows)s rows written to %(file)s") % {"rows": count, "file": options.file})
    return 0


def _job_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=("list", "show", "cancel", "result"), help=_("what to do"))
    parser.add_argument("number", type=int, nargs="?", metavar="NUMBER", help=_("the job's number, but for list"))
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help=_("where result writes what came of it"))


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
        print(_("there is no such job: roamline job list names them"))
        return 1
    return {"show": _show, "cancel": _cancel, "result": _result}[options.deed](job, options)


def _line(job: Job) -> str:
    counts = _("%(done)s done, %(unchanged)s unchanged, %(refused)s refused") % {
        "done": job.rows_done, "unchanged": job.rows_unchanged, "refused": job.rows_refused,
    }  # fmt: skip
    dry = " " + _("(dry run)") if job.dry_run else ""
    kind, state = padded(str(job.get_kind_display()), 7), padded(str(job.get_state_display()), 10)
    return (f"{job.pk:>6} {kind}{job.table:<21}{state}{job.percent:>3} %  {counts}{dry}  "
            f"{job.requested_by} {job.created_at:%Y-%m-%d %H:%M} {job.file_name}")  # fmt: skip


def _show(job: Job, _options: argparse.Namespace) -> int:
    print(_line(job))
    if job.problem:
        print(job.trouble)
    _print_refused(job)
    return 0


def _cancel(job: Job, _options: argparse.Namespace) -> int:
    from roamline.rooms.bulk import service
    from roamline.rooms.ledger.changes import Author

    cancelled = service.cancel(job, author=Author(getpass.getuser(), "command line"), now=_now())
    print(_("It is cancelled.") if cancelled else _("It is over already."))
    return 0 if cancelled else 1


def _result(job: Job, options: argparse.Namespace) -> int:
    from roamline.rooms.bulk.files import result_of
    from roamline.rooms.bulk.running import result_lines

    if not result_of(job).is_file():
        print(_("it has no result"))
        return 1
    if options.file is None:
        print(result_of(job))
    elif job.kind == job.EXPORT:
        shutil.copyfile(result_of(job), options.file)
    else:
        with options.file.open("w", encoding="utf-8", newline="") as target:
            target.writelines(result_lines(job))
    return 0


COMMANDS = (
    Command("import", gettext_noop("import users, phones, profiles, associations or log-outs in bulk"), import_file,
            _import_arguments),
    Command("export", gettext_noop("write users, phones, profiles or associations to a file"), export_file,
            _export_arguments),
    Command("job", gettext_noop("list, show and cancel jobs of the bulk administration"), job_command, _job_arguments),
)  # fmt: skip
