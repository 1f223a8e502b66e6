"""(b) Log-ins and log-outs without a PIN check, divided by the very statements that they consist of.

A trace is taken once: every statement that the service sends, with its values and its transactions. Then rounds
alternate: the service does the log-ins and log-outs, and the bare driver replays the trace, each on a fresh copy of
the same database. After every replay the tables must hold what they held when the trace was taken.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.login import ground, report

GOAL = 0.4
WRITTEN = ("phones_phone", "directory_account", "mobility_loginsession", "ledger_auditentry", "ledger_effect",
           "ledger_deadline")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement with its values, and whether it stands in a transaction; the empty statement is a commit."""

    statement: str
    values: tuple[Any, ...]
    in_transaction: bool


def measure(database: str, rounds: int, per_round: int, users: int) -> bool:
    """Take the trace, alternate the rounds, print what was found; whether the goal is reached."""
    with ground.prepared(database) as here:
        ground.populate(users, with_pins=False)
        ground.allow_requests(1000)
        from benchmarks.login.copies import copies_of

        numbers = random.Random(7).sample(range(users), per_round)
        copies = copies_of(database, here.folder, here.url)
        copies.keep()
        copies.renew()
        trace = [Sent(copies.spelled(s.statement), s.values, s.in_transaction) for s in _trace(numbers)]
        held = _held()
        sent = sum(1 for each in trace if each.statement)
        commits = _commits(trace)
        print(
            f"(b) {database}: {rounds} rounds of {per_round} log-ins and log-outs among {users} users and phones; "
            f"a log-in with its log-out: {sent / per_round:.1f} statements in {commits / per_round:.1f} commits"
        )
        ratios, rates, bare_rates = [], [], []
        for _ in range(rounds):
            copies.renew()
            rates.append(2 * per_round / _timed(lambda: _serve(numbers)))
            copies.renew()
            with copies.bare() as execute:
                bare_rates.append(2 * per_round / _timed(lambda e=execute: _replay(trace, e)))  # type: ignore[misc]
            ratios.append(rates[-1] / bare_rates[-1])
            assert _held() == held, "the replay did something else than the service"
        print(
            f"  operations/s: {report.numbers(rates)}; their statements alone: {report.numbers(bare_rates)}; "
            f"the same tables after each"
        )
        return report.ratios("operations / their bare statements", ratios, GOAL)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _serve(numbers: Sequence[int]) -> None:
    from roamline.rooms.mobility import service as mobility
    from roamline.rooms.mobility.service import By, LoggedIn, LoggedOut, LogIn, Way

    by = By("emproxy", Way.EM_API, "127.0.0.1")
    for number in numbers:
        device, now = ground.device(number), datetime.now(UTC)
        came = mobility.log_in(LogIn(device, ground.user_id(number), None), by, now)
        left = mobility.log_out(device, by, now)
        assert isinstance(came, LoggedIn), came
        assert isinstance(left, LoggedOut), left


def _trace(numbers: Sequence[int]) -> list[Sent]:
    """What the service sends while it does it all, as the connection sees it."""
    from django.db import connections

    connection: Any = connections["default"]
    connection.ensure_connection()
    sent: list[Sent] = []

    def note(execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:
        for row in values if many else [values]:
            sent.append(Sent(statement, tuple(row or ()), connection.in_atomic_block))
        return execute(statement, values, many, context)

    commit = connection._commit

    def noted_commit() -> None:
        sent.append(Sent("", (), True))
        commit()

    connection._commit = noted_commit
    try:
        with connection.execute_wrapper(note):
            _serve(numbers)
    finally:
        connection._commit = commit
    return sent


def _replay(trace: Sequence[Sent], execute: Callable[[str, Sequence[Any]], object]) -> None:
    is_open = False
    for each in trace:
        if not each.statement:
            execute("COMMIT", ())
            is_open = False
            continue
        begins = each.statement.startswith("BEGIN")
        if each.in_transaction and not is_open and not begins:
            execute("BEGIN", ())  # psycopg sends it unasked, so the connection did not see it
        is_open = is_open or begins or each.in_transaction
        execute(each.statement, each.values)


def _commits(trace: Sequence[Sent]) -> int:
    """Transactions, and statements outside of one that write."""
    writes = ("INSERT", "UPDATE", "DELETE")
    alone = [s for s in trace if not s.in_transaction and s.statement.lstrip().startswith(writes)]
    return len(alone) + sum(1 for each in trace if not each.statement)


def _held() -> str:
    """A digest of every table that log-ins and log-outs write."""
    from roamline.platform import sql

    digest = hashlib.sha256()
    for table in WRITTEN:
        for row in sql.rows(f"SELECT * FROM {table} ORDER BY id"):
            digest.update(repr(row).encode())
    return digest.hexdigest()
