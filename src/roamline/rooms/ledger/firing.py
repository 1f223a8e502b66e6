"""Firing what is due and performing effects: each row by itself, or many of a kind together where the kind allows it.

*Together* is for what comes in thousands at one time, such as everybody's sign-out at the end of a shift: one
transaction for many rows costs a fraction of one for each. Whoever does so says which rows it has done; every other
row, and every row when anything goes wrong, is then done by itself. So together is only ever a quicker way to the same.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from roamline.rooms.ledger import store

log = structlog.get_logger(__name__)

DeadlineHandler = Callable[[str, dict[str, Any], datetime], None]
EffectHandler = Callable[[str, int, dict[str, Any], datetime], None]
Together = Callable[[list[str], datetime], list[str]]

LEASE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
FINISH_EVERY_SECONDS = 1.0

_deadline_handlers: dict[str, DeadlineHandler] = {}
_effect_handlers: dict[str, EffectHandler] = {}
_together: dict[tuple[str, str], Together] = {}


class TryAgain(Exception):
    """Raised by a handler whose time has not come: the row comes back after ``seconds``."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason)
        self.seconds = seconds


class _Changed(Exception):
    """A deadline that was done is no longer the one that was claimed: nothing of it may stand."""


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


def on_deadlines(kind: str) -> Callable[[Together], Together]:
    """Register a quicker way for many deadlines of a kind: ``handler(subjects, now)`` in one transaction for all.

    It answers those that it has done. It must wait for nobody's lock: what somebody else holds it leaves alone.
    """
    return _register_together(store.DEADLINES, kind)


def on_effects(kind: str) -> Callable[[Together], Together]:
    """Register a quicker way for many effects of a kind: ``handler(subjects, now)``, outside any transaction.

    It answers those that it has done; a later version of one is another effect, and stays.
    """
    return _register_together(store.EFFECTS, kind)


def _register_together(table: str, kind: str) -> Callable[[Together], Together]:
    def register(handler: Together) -> Together:
        _together[(table, kind)] = handler
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
    for row in _left_after_together(store.DEADLINES, claimed, me, now):
        _fire(row, me, now)
    return len(claimed)


def _left_after_together(table: str, claimed: list[store.Claimed], me: str, now: datetime) -> list[store.Claimed]:
    """Do together what can be; the rows that remain, in their order."""
    done: set[int] = set()
    for kind in {row.kind for row in claimed if (table, row.kind) in _together}:
        rows = [row for row in claimed if row.kind == kind]
        if len(rows) > 1:
            done |= _do_together(table, kind, rows, me, now)
    return [row for row in claimed if row.id not in done]


def _do_together(table: str, kind: str, rows: list[store.Claimed], me: str, now: datetime) -> set[int]:
    handler, do = _together[(table, kind)], _fire_together if table == store.DEADLINES else _perform_together
    try:
        return do(handler, rows, me, now)
    except _Changed:
        log.info("a deadline changed while it fired; each is done by itself", kind=kind)
    except Exception:  # whatever it was: each row by itself may do better, and says what is wrong with it
        log.exception("failed together; each is done by itself", kind=kind)
    return set()


@transaction.atomic
def _fire_together(handler: Together, rows: list[store.Claimed], me: str, now: datetime) -> set[int]:
    subjects = set(handler([row.subject for row in rows], now))
    fired = [row for row in rows if row.subject in subjects]
    finished = store.finish_all(store.DEADLINES, fired, me)
    if len(finished) < len(fired):
        raise _Changed
    return finished


def _perform_together(handler: Together, rows: list[store.Claimed], me: str, now: datetime) -> set[int]:
    subjects = set(handler([row.subject for row in rows], now))
    performed = [row for row in rows if row.subject in subjects]
    store.finish_all(store.EFFECTS, performed, me)
    return {row.id for row in performed}


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
    performed: list[store.Claimed] = []
    began = time.monotonic()
    for row in _left_after_together(store.EFFECTS, claimed, me, now):
        if _perform(row, me, now):
            performed.append(row)
        if time.monotonic() - began >= FINISH_EVERY_SECONDS:
            store.finish_all(store.EFFECTS, performed, me)
            performed, began = [], time.monotonic()
    store.finish_all(store.EFFECTS, performed, me)
    return len(claimed)


def _perform(row: store.Claimed, me: str, now: datetime) -> bool:
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
        return True
    return False


def _postpone(table: str, row: store.Claimed, me: str, now: datetime, later: TryAgain) -> None:
    try:
        store.postpone(table, row, me, now + timedelta(seconds=later.seconds), str(later))
    except DatabaseError:
        log.warning("row could not be postponed; its lease ends by itself", kind=row.kind, subject=row.subject)


def _pause(row: store.Claimed) -> float:
    return float(min(LONGEST_PAUSE.total_seconds(), 2 ** min(row.attempts, 10)))
