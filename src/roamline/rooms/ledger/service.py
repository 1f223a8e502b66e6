"""Write what must be durable, in the transaction of its cause; act on it afterwards, once, on any node.

Theory of operation. A *deadline* is a row that says what must happen when; an *effect* is a row that says what the
outside world must be told. Both are written by the transaction that makes them necessary. Every engine claims due
rows for the length of a lease. A deadline's handler runs in one transaction with the deletion of its row, so it acts
exactly once: a crash before the commit leaves the row for the next claim, a crash after it leaves nothing. An
effect's handler talks to the outside, so it may run twice; it must therefore bring about a state, not a change.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from roamline.platform import wake
from roamline.rooms.ledger import store

log = structlog.get_logger(__name__)

DeadlineHandler = Callable[[str, dict[str, Any], datetime], None]
EffectHandler = Callable[[str, int, dict[str, Any], datetime], None]

LEASE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)

EntryListener = Callable[[str, str, bool, datetime], None]

_entry_listeners: list[EntryListener] = []
_deadline_handlers: dict[str, DeadlineHandler] = {}
_effect_handlers: dict[str, EffectHandler] = {}


class TryAgain(Exception):
    """Raised by a handler whose time has not come: the row comes back after ``seconds``."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason)
        self.seconds = seconds


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
    """Add one entry to the audit trail, in the caller's transaction (EM-46). Texts are cut to their columns."""
    values = (
        action[:64], actor[:128], way[:32], source[:64], user_id[:128], device[:128], subject[:200],
        result, succeeded, reason[:500],
    )  # fmt: skip
    store.add_audit(at, values, details or {})
    for listener in _entry_listeners:
        listener(action, user_id, succeeded, at)


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


def is_scheduled(kind: str, subject: str) -> bool:
    """Whether a deadline of that kind stands for that subject."""
    return store.has_deadline(kind, subject)


def ask_for_effect(kind: str, subject: str, version: int, now: datetime, payload: dict[str, Any] | None = None) -> None:
    """Have the outside world brought to ``version`` of a subject, soon after the commit."""
    store.put_effect(kind, subject, version, now, payload or {})
    wake_after_commit()


def wake_after_commit() -> None:
    """Wake this node's processes (and, on PostgreSQL, the other nodes') as soon as the transaction is committed."""
    transaction.on_commit(wake.all)


def on_deadline(kind: str) -> Callable[[DeadlineHandler], DeadlineHandler]:
    """Register what a deadline of a kind does: called as ``handler(subject, payload, now)`` in a transaction."""

    def register(handler: DeadlineHandler) -> DeadlineHandler:
        _deadline_handlers[kind] = handler
        return handler

    return register


def on_effect(kind: str) -> Callable[[EffectHandler], EffectHandler]:
    """Register what an effect of a kind does: called as ``handler(subject, version, payload, now)``."""

    def register(handler: EffectHandler) -> EffectHandler:
        _effect_handlers[kind] = handler
        return handler

    return register


def claimant() -> str:
    """The name under which this process claims rows."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def fire_due_deadlines(now: datetime, limit: int = 100) -> int:
    """Claim and fire due deadlines; how many were claimed (the caller asks again while it equals ``limit``)."""
    me = claimant()
    with transaction.atomic():
        claimed = store.claim(store.DEADLINES, now, LEASE, me, limit)
    for row in claimed:
        _fire(row, me, now)
    return len(claimed)


def _fire(row: store.Claimed, me: str, now: datetime) -> None:
    handler = _deadline_handlers.get(row.kind)
    if handler is None:
        _postpone(store.DEADLINES, row, me, now, TryAgain(300, f"nobody handles {row.kind}"))
        return
    try:
        with transaction.atomic():
            if store.finish(store.DEADLINES, row, me):
                handler(row.subject, row.payload, now)
    except TryAgain as later:
        _postpone(store.DEADLINES, row, me, now, later)
    except Exception as error:  # one failing row must not stop the others
        log.exception("deadline failed", kind=row.kind, subject=row.subject)
        _postpone(store.DEADLINES, row, me, now, TryAgain(_pause(row), type(error).__name__))


def perform_due_effects(now: datetime, limit: int = 100) -> int:
    """Claim and perform due effects; how many were claimed (the caller asks again while it equals ``limit``)."""
    me = claimant()
    with transaction.atomic():
        claimed = store.claim(store.EFFECTS, now, LEASE, me, limit)
    for row in claimed:
        _perform(row, me, now)
    return len(claimed)


def _perform(row: store.Claimed, me: str, now: datetime) -> None:
    handler = _effect_handlers.get(row.kind)
    try:
        if handler is not None:
            handler(row.subject, row.version, row.payload, now)
    except TryAgain as later:
        _postpone(store.EFFECTS, row, me, now, later)
    except Exception as error:  # one failing row must not stop the others
        log.exception("effect failed", kind=row.kind, subject=row.subject)
        _postpone(store.EFFECTS, row, me, now, TryAgain(_pause(row), type(error).__name__))
    else:
        store.finish(store.EFFECTS, row, me)


def _postpone(table: str, row: store.Claimed, me: str, now: datetime, later: TryAgain) -> None:
    try:
        store.postpone(table, row, me, now + timedelta(seconds=later.seconds), str(later))
    except DatabaseError:
        log.warning("row could not be postponed; its lease ends by itself", kind=row.kind, subject=row.subject)


def _pause(row: store.Claimed) -> float:
    return float(min(LONGEST_PAUSE.total_seconds(), 2 ** min(row.attempts, 10)))
