"""Asking for jobs, cancelling them, and working on them one at a time per node (BL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roamline.kernel.wording import gettext_noop
from roamline.platform import wake
from roamline.platform.tables import UnreadableTable, read_table, write_table
from roamline.platform.wording import said, stored
from roamline.rooms.bulk import files
from roamline.rooms.bulk.models import Job
from roamline.rooms.bulk.tables import HEADSETS, NAMES, TABLES
from roamline.rooms.headsets.exchange.reading import COLUMNS as HEADSET_COLUMNS
from roamline.rooms.headsets.exchange.reading import REQUIRED as HEADSET_REQUIRED
from roamline.rooms.headsets.exchange.writing import all_rows as all_headsets
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author

MOST_WAITING = 20
"""How many jobs may wait or run at once; one more is refused."""
MOST_KEPT = 200
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
INTERRUPTED = gettext_noop("interrupted: import the file again, rows that were done come out unchanged")


def columns_of(table: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The columns of a table, and those that it must have; KeyError for a table that there is not."""
    if table == HEADSETS:
        return HEADSET_COLUMNS, HEADSET_REQUIRED
    return TABLES[table].columns, TABLES[table].required


def ask_for_import(
    table: str, content: BinaryIO, *, file_name: str, author: Author, now: datetime, dry_run: bool = False,
    all_or_nothing: bool = False, largest: int | None = files.LARGEST_UPLOAD, claimed_by: str = "",
) -> Job:  # fmt: skip
    """Ask for a table to be imported; ValidationError when it is too large, unreadable, or too many jobs wait.

    ``largest`` is the limit in bytes; ``claimed_by`` names the process that works on it at once by itself. What else
    happens: older finished jobs are forgotten with their files; the audit has who asked for what.
    """
    if table not in NAMES:
        raise ValidationError(_("there is no such table"))
    job = Job(kind=Job.IMPORT, table=table, file_name=Path(file_name).name[:200], dry_run=dry_run,
              all_or_nothing=all_or_nothing)  # fmt: skip
    _refuse_too_many()
    try:
        files.keep(content, files.upload_of(job), largest)
        job.rows = _count(table, files.upload_of(job))
    except (files.TooLarge, UnreadableTable) as problem:
        files.forget(job)
        raise ValidationError(said(problem)) from problem
    if claimed_by:
        job.state, job.claimed_by, job.started_at, job.claimed_until = Job.RUNNING, claimed_by, now, now + LEASE
        job.attempts = MOST_ATTEMPTS  # a command that was ended is not taken up by the engine
    return _ask(job, author, now)


def ask_for_export(table: str, *, is_workbook: bool, author: Author, now: datetime) -> Job:
    """Ask for a table to be exported, as XLSX or as CSV; ValidationError when too many jobs wait."""
    if table not in NAMES or (table != HEADSETS and TABLES[table].rows is None):
        raise ValidationError(_("there is no such table to export"))
    _refuse_too_many()
    ending = "xlsx" if is_workbook else "csv"
    return _ask(Job(kind=Job.EXPORT, table=table, file_name=f"{table}.{ending}"), author, now)


def _count(table: str, file: Path) -> int:
    columns, required = columns_of(table)
    count = sum(1 for _row in read_table(file, columns, required))
    if not count:
        raise UnreadableTable(gettext_noop("the table has no rows"))
    return count


def _refuse_too_many() -> None:
    if Job.objects.exclude(state__in=Job.OVER).count() >= MOST_WAITING:
        raise ValidationError(
            _("%(count)s jobs wait or run already: try again when some are done"), params={"count": MOST_WAITING}
        )


@transaction.atomic
def _ask(job: Job, author: Author, now: datetime) -> Job:
    job.requested_by, job.way, job.source, job.created_at = author.name, author.way, author.source, now
    job.save()
    details = {"job": job.pk, "table": job.table, "file": job.file_name, "rows": job.rows, "dry run": job.dry_run}
    ledger.record(at=now, action=f"job.{job.kind}", actor=author.name, way=author.way, source=author.source,
                  subject=job.table, details=details)  # fmt: skip
    _forget_oldest()
    transaction.on_commit(wake.node)
    return job


def _forget_oldest() -> None:
    for job in Job.objects.filter(state__in=Job.OVER).order_by("-id")[MOST_KEPT : MOST_KEPT + 50]:
        files.forget(job)
        job.delete()


@transaction.atomic
def cancel(job: Job, *, author: Author, now: datetime) -> bool:
    """Cancel a job: one that waits never begins, one that runs stops after the rows in hand. False when it is over."""
    waiting = Job.objects.filter(pk=job.pk, state=Job.WAITING)
    if waiting.update(state=Job.CANCELLED, cancel_asked=True, finished_at=now):
        files.upload_of(job).unlink(missing_ok=True)
    elif not Job.objects.filter(pk=job.pk, state=Job.RUNNING).update(cancel_asked=True):
        return False
    ledger.record(at=now, action="job.cancelled", actor=author.name, way=author.way, source=author.source,
                  subject=job.table, details={"job": job.pk})  # fmt: skip
    return True


def claim(me: str, now: datetime, *, only: int | None = None) -> Job | None:
    """Take the oldest job that waits, or that its process abandoned; None when there is none.

    One that was abandoned three times has failed. ``only`` names the one job that is wanted.
    """
    free = Q(state=Job.WAITING) | Q(state=Job.RUNNING, claimed_until__lte=now)
    candidates = Job.objects.filter(free, **({} if only is None else {"pk": only})).order_by("pk")
    for job in candidates[:MOST_WAITING]:
        if job.attempts >= MOST_ATTEMPTS:
            Job.objects.filter(free, pk=job.pk).update(
                state=Job.FAILED, problem=INTERRUPTED, problem_texts=stored((INTERRUPTED,)), finished_at=now
            )
            continue
        taken = Job.objects.filter(free, pk=job.pk).update(
            state=Job.RUNNING, started_at=now, claimed_by=me, claimed_until=now + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            job.refresh_from_db()
            return job
    return None


def release(worker: str, now: datetime) -> None:
    """Give back what a process that is gone had taken, so that the next one goes on at once."""
    Job.objects.filter(state=Job.RUNNING, claimed_by=worker).update(claimed_until=now)


def has_work(now: datetime) -> bool:
    """Whether a job waits for somebody to take it."""
    free = Q(state=Job.WAITING) | Q(state=Job.RUNNING, claimed_until__lte=now)
    return Job.objects.filter(free).exists()


def export_to(table: str, file: Path) -> int:
    """Write a table to a file, as XLSX when its name ends so, else as CSV; how many rows."""
    return write_table(file, columns_of(table)[0], rows_of(table), sheet=table[:31])


def rows_of(table: str) -> Iterator[Sequence[str]]:
    """All there is of a table; nothing for one that is only imported."""
    if table == HEADSETS:
        return all_headsets()
    rows = TABLES[table].rows
    return rows() if rows is not None else iter(())
