"""An import: its valid rows in short transactions, or all of it in one, so that log-ins meanwhile stay quick (HS-3).

*Valid rows*: some hundred rows are checked and applied in one short transaction, then the next. *All or nothing*: every
row is checked first; when none is refused, what they lead to is staged in short transactions and then applied by a few
set statements in one. Somebody else may associate the same headsets meanwhile: the database then refuses, and these
rows are done one by one, or nothing is done at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from roamline.platform.pace import groups, portions
from roamline.rooms.headsets.exchange import applying, staging
from roamline.rooms.headsets.exchange.checking import REMOVE, Check, Outcome, RowResult
from roamline.rooms.headsets.exchange.reading import TableRow, read_table
from roamline.rooms.headsets.service.association import NotAssociated, Objection, associate, dissociate

CHANGED_MEANWHILE = "somebody else changed these associations meanwhile: nothing was done, try again"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do: the result of each row, in their order.

    ``was_applied`` is False for a dry run, and for *all or nothing* when any row was refused (``problem`` says when
    it was somebody else's change).
    """

    rows: tuple[RowResult, ...]
    was_applied: bool
    problem: str = ""

    def count(self, outcome: Outcome) -> int:
        """How many rows had an outcome."""
        return sum(row.outcome is outcome for row in self.rows)


def import_table(
    file: Path, *, actor: str, way: str, now: datetime, dry_run: bool = False, all_or_nothing: bool = False,
    progress: Progress = lambda _rows: None,
) -> Report:  # fmt: skip
    """Associate and dissociate headsets by a table; UnreadableTable when the file is none.

    ``progress`` is called with the number of rows done so far. Nothing is changed by a dry run; a file whose end
    cannot be read has its beginning applied when valid rows are to be, and nothing otherwise.
    """
    if all_or_nothing or dry_run:
        check = _checked(read_table(file), progress)
        refused = any(row.outcome is Outcome.REFUSED for row in check.results)
        if dry_run or refused:
            return Report(tuple(check.results), was_applied=False)
        done = staging.apply_whole(check.changes(), actor=actor, way=way, now=now)
        return Report(tuple(check.results), done, "" if done else CHANGED_MEANWHILE)
    return Report(tuple(_apply_valid(read_table(file), actor, way, now, progress)), was_applied=True)


def _checked(rows: Iterable[TableRow], progress: Progress) -> Check:
    check = Check()
    for chunk in groups(rows):
        check.take(chunk)
        progress(len(check.results))
    return check


def _apply_valid(rows: Iterable[TableRow], actor: str, way: str, now: datetime, progress: Progress) -> (
    Iterator[RowResult]
):  # fmt: skip
    count = 0
    for chunk in portions(rows):
        try:
            with transaction.atomic():
                check = Check()
                check.take(chunk)
                applying.apply(check.changes(), actor=actor, way=way, now=now)
                results = check.results
        except IntegrityError:
            results = [_one_by_one(row, actor, way, now) for row in chunk]
        count += len(results)
        progress(count)
        yield from results


def _one_by_one(row: TableRow, actor: str, way: str, now: datetime) -> RowResult:
    check = Check()
    check.take([row])
    result = check.results[0]
    if result.outcome is not Outcome.DONE:
        return result
    outcome = (
        dissociate(row.serial, user_id=row.user_id, actor=actor, way=way, now=now)
        if result.action == REMOVE
        else associate(row.serial, row.user_id, actor=actor, way=way, now=now)
    )
    if not isinstance(outcome, NotAssociated):
        return result
    same = outcome.objection is Objection.ALREADY_THEIRS
    return replace(result, outcome=Outcome.UNCHANGED if same else Outcome.REFUSED, reason=outcome.objection.value)
