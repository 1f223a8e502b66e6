"""Write what must be durable, in the transaction of its cause; act on it afterwards, once, on any node.

Theory of operation. A *deadline* is a row that says what must happen when; an *effect* is a row that says what the
outside world must be told. Both are written by the transaction that makes them necessary. Every engine claims due
rows for the length of a lease. A deadline's handler runs in one transaction with the deletion of its row, so it acts
exactly once: a crash before the commit leaves the row for the next claim, a crash after it leaves nothing. An
effect's handler talks to the outside, so it may run twice; it must therefore bring about a state, not a change.

The acting itself is :mod:`~roamline.rooms.ledger.firing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from roamline.platform import wake
from roamline.rooms.ledger import store
from roamline.rooms.ledger.firing import (
    LEASE,
    TryAgain,
    claimant,
    fire_due_deadlines,
    on_deadline,
    on_deadlines,
    on_effect,
    on_effects,
    perform_due_effects,
)

EntryListener = Callable[[str, str, bool, datetime], None]

_entry_listeners: list[EntryListener] = []


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the audit trail (EM-46). Texts are cut to their columns."""

    at: datetime
    action: str
    actor: str = ""
    way: str = ""
    source: str = ""
    user_id: str = ""
    device: str = ""
    subject: str = ""
    result: int = 0
    succeeded: bool = True
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> tuple[object, ...]:
        """The columns from ``action`` to ``reason``."""
        return (
            self.action[:64], self.actor[:128], self.way[:32], self.source[:64], self.user_id[:128],
            self.device[:128], self.subject[:200], self.result, self.succeeded, self.reason[:500],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the outside is to be told: see :func:`ask_for_effects`."""

    kind: str
    subject: str
    version: int
    payload: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    at: datetime,
    action: str,
    actor: str = "",
    way: str = "",
    source: str = "",
    user_id: str = "",
    device: str = "",
    subject: str = "",
    result: int = 0,
    succeeded: bool = True,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add one entry to the audit trail, in the caller's transaction (EM-46)."""
    entry = Entry(
        at, action, actor, way, source, user_id, device, subject, result, succeeded, reason, details or {}
    )  # fmt: skip
    record_all([entry])


def record_all(entries: Iterable[Entry]) -> None:
    """Add entries to the audit trail, in the caller's transaction."""
    added = list(entries)
    store.add_audits((entry.at, entry.values, entry.details) for entry in added)
    for entry in added:
        for listener in _entry_listeners:
            listener(entry.action, entry.user_id, entry.succeeded, entry.at)


def on_entry(listener: EntryListener) -> EntryListener:
    """Have a room above hear of each audit entry: ``listener(action, user id, succeeded, at)``, in its transaction.

    It notes what must follow, and must not record entries itself.
    """
    if listener not in _entry_listeners:
        _entry_listeners.append(listener)
    return listener


def schedule(kind: str, subject: str, due_at: datetime, payload: dict[str, Any] | None = None) -> None:
    """Make something happen at ``due_at``, instead of any earlier deadline of that kind for that subject (EM-45)."""
    store.put_deadline(kind, subject, due_at, payload or {})
    wake_after_commit()


def cancel(kind: str, subject: str) -> bool:
    """Take a deadline back; whether there was one.

    One that is firing at this moment is not waited for: a handler looks at the truth before it acts.
    """
    return store.drop_deadline(kind, subject)


def cancel_beginning(kind: str, beginning: str) -> int:
    """Take back all deadlines of a kind whose subject begins so; how many. See :func:`cancel`."""
    return store.drop_deadlines_beginning(kind, beginning)


def is_scheduled(kind: str, subject: str) -> bool:
    """Whether a deadline of that kind stands for that subject."""
    return store.has_deadline(kind, subject)


def ask_for_effect(kind: str, subject: str, version: int, now: datetime, payload: dict[str, Any] | None = None) -> None:
    """Have the outside world brought to ``version`` of a subject, soon after the commit."""
    ask_for_effects([Wanted(kind, subject, version, payload or {})], now)


def ask_for_effects(wanted: Sequence[Wanted], now: datetime) -> None:
    """Have the outside world brought to versions of subjects, soon after the commit."""
    store.put_effects(((each.kind, each.subject, each.version, each.payload) for each in wanted), now)
    wake_after_commit()


def drop_effects_on(subject: str) -> int:
    """Forget what was still to be told about a subject that is gone; how many.

    Otherwise it would stand in the way of what is asked for on another subject of the same name, whose versions begin
    anew.
    """
    return store.drop_effects(subject)


def wake_after_commit() -> None:
    """Wake this node's processes (and, on PostgreSQL, the other nodes') as soon as the transaction is committed.

    Once, however often a transaction asks for it: but a wake-up that goes with a savepoint does not count.
    """
    open_now = set(connection.savepoint_ids)
    if not any(then[1] is wake.all and then[0] <= open_now for then in connection.run_on_commit):
        transaction.on_commit(wake.all)


__all__ = [
    "LEASE",
    "Entry",
    "TryAgain",
    "Wanted",
    "ask_for_effect",
    "ask_for_effects",
    "cancel",
    "claimant",
    "fire_due_deadlines",
    "is_scheduled",
    "on_deadline",
    "on_deadlines",
    "on_effect",
    "on_effects",
    "perform_due_effects",
    "record",
    "record_all",
    "schedule",
    "wake_after_commit",
]
