"""Doing a table's rows: in portions of short transactions, so that log-ins meanwhile stay quick (BL-1, HS-3).

Each row is a savepoint: it is done whole or not at all, and its refusal holds up no other. A dry run does the same and
takes every portion back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.pace import portions
from roamline.platform.tables import Row
from roamline.platform.wording import objections
from roamline.rooms.bulk.terms import Outcome, RowRefused, RowResult, Table
from roamline.rooms.ledger.changes import Author, InUse

TWICE = _("an earlier row is about the same")
MEANWHILE = _("somebody else changed this at the same moment: try again")


@dataclass(slots=True)
class Doing:
    """One run over a table's rows; ``seen`` remembers what earlier rows were about."""

    table: Table
    author: Author
    now: datetime
    dry_run: bool = False
    seen: set[str] = field(default_factory=set)

    def results(self, rows: Iterable[Row]) -> Iterator[list[RowResult]]:
        """The results of each portion, after it was committed."""
        for portion in portions(rows):
            prepared = {row.number: self._prepared(row) for row in portion}
            if self.table.check is not None:
                yield [self._result(row, None) for row in portion]
                continue
            with transaction.atomic():
                done = [self._result(row, prepared[row.number]) for row in portion]
                transaction.set_rollback(self.dry_run)
            yield done

    def _prepared(self, row: Row) -> Any:
        return None if self.dry_run or self.table.prepare is None else self.table.prepare(row)

    def _result(self, row: Row, prepared: Any) -> RowResult:
        key, action = self.table.key_of(row), row["action"].lower()[:16]
        try:
            action = self.table.action_of(row)
            self._refuse_incomplete(row, key)
            changed = self._do(row, action, prepared)
        except (RowRefused, InUse) as refusal:
            return RowResult(row.number, key, action, Outcome.REFUSED, refusal.reasons)
        except ValidationError as refusal:
            return RowResult(row.number, key, action, Outcome.REFUSED, objections(refusal))
        except ProtectedError as refusal:
            uses = ", ".join(sorted(str(each) for each in refusal.protected_objects)[:3])
            return RowResult(
                row.number, key, action, Outcome.REFUSED, (Wording(_("it is in use: %(uses)s"), uses=uses),)
            )
        except IntegrityError:
            return RowResult(row.number, key, action, Outcome.REFUSED, (MEANWHILE,))
        return RowResult(row.number, key, action, Outcome.DONE if changed else Outcome.UNCHANGED)

    def _refuse_incomplete(self, row: Row, key: str) -> None:
        for column in sorted(self.table.required):
            if not row[column]:
                raise RowRefused(Wording(_("%(column)s is empty"), column=column))
        same = key.lower() if self.table.ignores_case else key
        if same in self.seen:
            raise RowRefused(TWICE)
        self.seen.add(same)

    def _do(self, row: Row, action: str, prepared: Any) -> bool:
        if self.table.check is not None:
            return (
                self.table.check(row) if self.dry_run else self.table.do(row, action, prepared, self.author, self.now)
            )
        with transaction.atomic():
            return self.table.do(row, action, prepared, self.author, self.now)
