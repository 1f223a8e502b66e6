"""Checking an import's rows against what is stored and what the rows before them did, without changing anything."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.rooms.headsets.exchange.reading import TableRow
from roamline.rooms.headsets.serials import clean, fold
from roamline.rooms.headsets.service.association import Objection, free_slot

ADD, REMOVE = "add", "remove"
BAD_ACTION = _("the action is add or remove")

_USERS = "SELECT user_id, id FROM directory_account WHERE kind = 'end' AND user_id IN ({marks})"
_SLOTS = "SELECT account_id, slot FROM headsets_association WHERE account_id IN ({marks})"
_OWNERS = """
SELECT h.folded_serial, h.serial, a.user_id, a.id, n.slot FROM headsets_headset h
LEFT JOIN headsets_association n ON n.headset_id = h.id LEFT JOIN directory_account a ON a.id = n.account_id
WHERE h.folded_serial IN ({marks})
"""


class Outcome(enum.StrEnum):
    """What becomes of a row."""

    DONE = "done"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row's result, with the reason of a refusal; ``number`` is the row's in the file."""

    number: int
    user_id: str
    serial: str
    action: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a headset is, and in which of the owner's 15 places."""

    user_id: str
    account_id: int
    slot: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one headset when all rows are: taken from one owner, given to another, or both."""

    serial: str
    folded: str
    before: Place | None
    after: Place | None


@dataclass(slots=True)
class Check:
    """The rows seen so far and what they led to; give it rows in their order, some hundreds at a time."""

    results: list[RowResult] = field(default_factory=list)
    _stored: dict[str, Place | None] = field(default_factory=dict)
    _now: dict[str, Place | None] = field(default_factory=dict)
    _typed: dict[str, str] = field(default_factory=dict)
    _users: dict[str, int | None] = field(default_factory=dict)
    _taken: dict[int, set[int]] = field(default_factory=dict)

    def take(self, rows: Sequence[TableRow]) -> None:
        """Check some rows."""
        self._load_users({row.user_id for row in rows})
        self._load_owners({fold(row.serial) for row in rows})
        for row in rows:
            action = row.action.lower() or ADD
            outcome, reason = self._check(row, action)
            self.results.append(RowResult(row.number, row.user_id, row.serial, action[:16], outcome, reason))

    def changes(self) -> list[Change]:
        """What the rows that are not refused lead to, headset by headset."""
        return [
            Change(self._typed.get(folded, folded), folded, self._stored[folded], after)
            for folded, after in self._now.items()
            if after != self._stored[folded]
        ]

    def _check(self, row: TableRow, action: str) -> tuple[Outcome, str]:
        serial = clean(row.serial)
        if serial is None:
            return Outcome.REFUSED, Objection.BAD_SERIAL
        if action not in {ADD, REMOVE}:
            return Outcome.REFUSED, BAD_ACTION
        account_id = self._users.get(row.user_id)
        if account_id is None:
            return Outcome.REFUSED, Objection.UNKNOWN_USER
        self._typed.setdefault(fold(serial), serial)
        return (self._add if action == ADD else self._remove)(fold(serial), row.user_id, account_id)

    def _add(self, folded: str, user_id: str, account_id: int) -> tuple[Outcome, str]:
        owner = self._now[folded]
        if owner is not None:
            same = owner.user_id == user_id
            return (Outcome.UNCHANGED, "") if same else (Outcome.REFUSED, Objection.OWNED_BY_ANOTHER)
        slot = free_slot(self._taken[account_id])
        if slot is None:
            return Outcome.REFUSED, Objection.TOO_MANY
        self._taken[account_id].add(slot)
        self._now[folded] = Place(user_id, account_id, slot)
        return Outcome.DONE, ""

    def _remove(self, folded: str, user_id: str, account_id: int) -> tuple[Outcome, str]:
        owner = self._now[folded]
        if owner is None or owner.user_id != user_id:
            return Outcome.REFUSED, Objection.NOT_THEIRS
        self._taken[account_id].discard(owner.slot)
        self._now[folded] = None
        return Outcome.DONE, ""

    def _load_users(self, user_ids: set[str]) -> None:
        new = sorted(user_ids - self._users.keys())
        if not new:
            return
        found: dict[str, int] = dict(sql.rows(_USERS.format(marks=sql.marks(len(new))), new))
        self._users.update({user_id: found.get(user_id) for user_id in new})
        accounts = list(found.values())
        self._taken.update({account: set() for account in accounts})
        if accounts:
            for account, slot in sql.rows(_SLOTS.format(marks=sql.marks(len(accounts))), accounts):
                self._taken[account].add(slot)

    def _load_owners(self, folded: set[str]) -> None:
        new = sorted(folded - self._stored.keys())
        if not new:
            return
        rows = sql.rows(_OWNERS.format(marks=sql.marks(len(new))), new)
        found = {folded: Place(user_id, account, slot) for folded, _, user_id, account, slot in rows if account}
        self._typed.update({folded: serial for folded, serial, *_ in rows})
        self._stored.update({serial: found.get(serial) for serial in new})
        self._now.update({serial: found.get(serial) for serial in new})
