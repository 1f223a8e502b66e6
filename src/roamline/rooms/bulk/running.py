"""Working on one job: its rows, its progress, its result (BL-1).

The progress is written after each portion, and with it the lease is renewed; whether somebody cancelled is asked at
the same time. What was done before a cancellation stays done: the result says which rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, override

from roamline.kernel.wording import gettext_noop
from roamline.platform.tables import UnreadableTable, read_table, write_table
from roamline.platform.wording import restored, stored, translated
from roamline.rooms.bulk import files
from roamline.rooms.bulk.doing import Doing
from roamline.rooms.bulk.models import Job
from roamline.rooms.bulk.service import LEASE, columns_of, rows_of
from roamline.rooms.bulk.tables import HEADSETS, TABLES
from roamline.rooms.bulk.terms import Outcome, RowResult
from roamline.rooms.headsets import exchange as headsets
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author

Clock = Callable[[], datetime]
COLUMNS = ("row", "what", "action", "outcome", "reason")
TEXTS = "texts"
"""The column of a kept result that has the reason as texts for readers of any language."""
REFUSED_FIRST = gettext_noop("nothing was changed, because of the refused rows")
_PORTION = 500


class Cancelled(Exception):
    """Somebody cancelled the job, or another process has taken it."""


class Interrupted(Exception):
    """The process is to end; the job goes on in another."""


@dataclass(slots=True)
class Work:
    """A job in hand, its clock, whom to tell how far it is, and whether this process is to end."""

    job: Job
    clock: Clock
    tell: Callable[[Job], None] = lambda _job: None
    is_stopping: Callable[[], bool] = lambda: False

    @property
    def author(self) -> Author:
        """Who asked for it."""
        return Author(self.job.requested_by, self.job.way, self.job.source)

    def note(self, **counts: Any) -> None:
        """Store how far it is and renew the lease; Cancelled or Interrupted when it is not to go on."""
        mine = Job.objects.filter(pk=self.job.pk, state=Job.RUNNING, claimed_by=self.job.claimed_by)
        if not mine.filter(cancel_asked=False).update(**counts, claimed_until=self.clock() + LEASE):
            raise Cancelled
        for name, value in counts.items():
            setattr(self.job, name, value)
        self.tell(self.job)
        if self.is_stopping():
            raise Interrupted


def run(work: Work) -> Job:
    """Do a claimed job to its end; how it ended is in the job, and in the audit."""
    job, state, problem = work.job, Job.DONE, ""
    try:
        problem = _export(work) if job.kind == Job.EXPORT else _import(work)
    except Cancelled:
        state = Job.CANCELLED
    except Interrupted:
        Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by).update(state=Job.WAITING, attempts=0)
        return job
    except (UnreadableTable, OSError) as trouble:
        state, problem = Job.FAILED, trouble.args[0] if isinstance(trouble, UnreadableTable) else str(trouble)
    now = work.clock()
    Job.objects.filter(pk=job.pk, claimed_by=job.claimed_by).update(
        state=state,
        problem=problem[:500],
        problem_texts=stored((problem,)) if problem else "",
        finished_at=now,
        claimed_until=None,
    )
    files.upload_of(job).unlink(missing_ok=True)
    job.refresh_from_db()
    counts = {name: getattr(job, f"rows_{name}") for name in ("seen", "done", "unchanged", "refused")}
    ledger.record(at=now, action=f"job.{state}", actor=job.requested_by, way=job.way, source=job.source,
                  subject=job.table, succeeded=state != Job.FAILED, reason=problem[:500],
                  details={"job": job.pk, **counts})  # fmt: skip
    return job


def _export(work: Work) -> str:
    table, target = work.job.table, files.result_of(work.job)
    write_table(target, columns_of(table)[0], _counted(work, rows_of(table)), sheet=table[:31])
    target.chmod(0o600)
    return ""


def _counted(work: Work, rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    count = 0
    for count, row in enumerate(rows, start=1):
        if count % _PORTION == 0:
            work.note(rows_seen=count, rows_done=count)
        yield row
    work.note(rows=count, rows_seen=count, rows_done=count)


def _import(work: Work) -> str:
    if work.job.table == HEADSETS:
        return _import_headsets(work)
    if work.job.all_or_nothing and not work.job.dry_run and _any_refused(work):
        return REFUSED_FIRST
    with ResultFile(files.result_of(work.job)) as result:
        for results in _doing(work, dry_run=work.job.dry_run):
            result.add(results)
            work.note(**result.counts())
    return ""


def _doing(work: Work, *, dry_run: bool) -> Iterator[list[RowResult]]:
    table = TABLES[work.job.table]
    rows = read_table(files.upload_of(work.job), table.columns, table.required)
    return Doing(table, work.author, work.clock(), dry_run).results(rows)


def _any_refused(work: Work) -> bool:
    """Check every row first; when one is refused, the result is that check's."""
    with ResultFile(files.result_of(work.job)) as result:
        for results in _doing(work, dry_run=True):
            result.add(results)
            work.note(rows_seen=result.seen // 2)  # checking is the first half of the way
        if result.refused:
            work.note(**result.counts())
        return result.refused > 0


def _import_headsets(work: Work) -> str:
    job = work.job
    report = headsets.import_table(
        files.upload_of(job), actor=job.requested_by, way=job.way, now=work.clock(), dry_run=job.dry_run,
        all_or_nothing=job.all_or_nothing, progress=lambda rows: work.note(rows_seen=rows),
    )  # fmt: skip
    with ResultFile(files.result_of(job)) as result:
        result.add([RowResult(row.number, f"{row.user_id} {row.serial}", row.action, Outcome(row.outcome),
                              (row.reason,) if row.reason else ())
                    for row in report.rows])  # fmt: skip
        work.note(**result.counts())
    if report.problem or report.was_applied or job.dry_run:
        return report.problem
    return REFUSED_FIRST


class ResultFile:
    """The outcome of each row, as CSV; counts them on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.seen = self.done = self.unchanged = self.refused = 0

    def __enter__(self) -> ResultFile:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._path.chmod(0o600)
        self._writer = csv.writer(self._file)
        self._writer.writerow((*COLUMNS, TEXTS))
        return self

    def __exit__(self, *_problem: object) -> None:
        self._file.close()

    def add(self, results: list[RowResult]) -> None:
        """Write the results of some rows."""
        for each in results:
            reason, texts = " ".join(each.reasons), stored(each.reasons) if each.reasons else ""
            self._writer.writerow((each.number, _plain(each.key), each.action, each.outcome, reason, texts))
            self.seen += 1
            self.done += each.outcome is Outcome.DONE
            self.unchanged += each.outcome is Outcome.UNCHANGED
            self.refused += each.outcome is Outcome.REFUSED
        self._file.flush()

    def counts(self) -> dict[str, int]:
        """How many rows had which outcome."""
        return {"rows_seen": self.seen, "rows_done": self.done, "rows_unchanged": self.unchanged,
                "rows_refused": self.refused}  # fmt: skip


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def refused_rows(job: Job, most: int) -> list[dict[str, str]]:
    """The first refused rows of a job's result, with their reasons in the active language."""
    if job.kind != Job.IMPORT or not files.result_of(job).is_file():
        return []
    return list(islice((row for row in _result_rows(job) if row["outcome"] == Outcome.REFUSED), most))


def result_lines(job: Job) -> Iterator[str]:
    """What came of an import, as the lines of a CSV file, with reasons in the language that is active at the call."""
    return _lines(job, get_language() or "en")


def _lines(job: Job, language: str) -> Iterator[str]:
    rows = _result_rows(job)
    yield _line(COLUMNS)
    while portion := list(islice(rows, _PORTION)):
        with override(language):
            lines = [_line([row[name] for name in COLUMNS]) for row in portion]
        yield "".join(lines)


def _result_rows(job: Job) -> Iterator[dict[str, str]]:
    with files.result_of(job).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts = restored(row.pop(TEXTS, "") or "")
            yield row | ({"reason": " ".join(map(translated, texts))} if texts else {})


def _line(cells: Sequence[str]) -> str:
    target = StringIO()
    csv.writer(target).writerow(cells)
    return target.getvalue()
