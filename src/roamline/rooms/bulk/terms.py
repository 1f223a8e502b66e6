"""The words of the bulk administration: what a table is, and what becomes of a row."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.ledger.changes import Author

SAVE, DELETE, ADD, REMOVE = "save", "delete", "add", "remove"
YES, NO = "yes", "no"


class Outcome(enum.StrEnum):
    """What becomes of a row."""

    DONE = "done"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class RowRefused(Exception):
    """A row that cannot be done; the texts say why, for the administrator who wrote it."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row's result; ``key`` says what it is about, ``number`` is the row's in the file."""

    number: int
    key: str
    action: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table.

    ``do(row, action, prepared, by)`` does one row: True when something changed, False when all was so already;
    RowRefused when it cannot be. ``prepare`` does before what is slow and needs no transaction; a dry run does not
    prepare. ``rows`` gives all there is, as an import reads it. ``key_of`` names what a row is about: the same key
    twice in a file is refused, in whatever case where the table ``ignores_case``. ``check`` stands in for ``do`` in a
    dry run where doing cannot be taken back; such rows are done outside the transaction of their portion.
    """

    name: str
    columns: tuple[str, ...]
    required: frozenset[str]
    actions: tuple[str, ...]
    key_of: Callable[[Row], str]
    do: Callable[[Row, str, Any, Author, datetime], bool]
    rows: Callable[[], Iterator[Sequence[str]]] | None = None
    prepare: Callable[[Row], Any] | None = None
    check: Callable[[Row], bool] | None = None
    ignores_case: bool = False

    def action_of(self, row: Row) -> str:
        """What a row asks for; the first of the actions when it does not say."""
        action = row["action"].lower() or self.actions[0]
        if action not in self.actions:
            raise RowRefused(Wording(_("the action is one of %(actions)s"), actions=", ".join(self.actions)))
        return action


def flag(row: Row, column: str) -> bool | None:
    """A yes or no of a row; None when the cell is empty."""
    text = row[column].lower()
    if text in {"", YES, NO}:
        return None if text == "" else text == YES
    if text in {"true", "1", "t"}:
        return True
    if text in {"false", "0", "f"}:
        return False
    raise RowRefused(Wording(_("%(column)s is %(yes)s or %(no)s"), column=column, yes=YES, no=NO))


def written(value: bool) -> str:
    """A yes or no as it is exported."""
    return YES if value else NO


def one_of(row: Row, column: str, known: Iterable[str]) -> str:
    """A cell that must be one of some words, ignoring case; empty when it is empty."""
    text = row[column]
    found = next((each for each in known if each.lower() == text.lower()), None)
    if found is None:
        raise RowRefused(
            Wording(_("%(column)s is one of %(words)s"), column=column, words=", ".join(each for each in known if each))
        )
    return found
