"""Taking up what others say: each kind has a reader, called once for every record, in order, on one node.

A record is durable before it is taken up; where each stream has been taken up to is written in the reader's own
transaction, so a crash loses nothing and repeats at most what did not commit. A reader that fails stops nothing else:
its record is noted, shown on the ILS page, and tried again at every repair.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from roamline.platform import sql
from roamline.rooms.clusters import sealing
from roamline.rooms.clusters.rules import LOGIN, Received
from roamline.rooms.clusters.service.saying import own_record, settle
from roamline.rooms.clusters.service.showing import Whereabouts, newest_log_in, where_is

log = structlog.get_logger(__name__)


Reader = Callable[[Received, datetime], None]
LogInListener = Callable[[str, Whereabouts, datetime], None]

_readers: dict[str, Reader] = {}
_log_in_listeners: list[LogInListener] = []

AT_ONCE = 200

_BEHIND = """
SELECT s.id, c.id, c.origin, c.name, s.epoch, s.n, s.applied_epoch, s.applied_n
FROM clusters_stream s JOIN clusters_cluster c ON c.id = s.cluster_id
WHERE s.kind = %s AND NOT c.is_own AND (s.applied_epoch < s.epoch OR (s.applied_epoch = s.epoch AND s.applied_n < s.n))
"""
_NEXT = """
SELECT n, stamp, key, payload FROM clusters_record
WHERE cluster_id = %s AND kind = %s AND epoch = %s AND n > %s AND n <= %s ORDER BY n LIMIT %s
"""
_APPLIED = "UPDATE clusters_stream SET applied_epoch = %s, applied_n = %s WHERE id = %s"
_UNAPPLIED = """
INSERT INTO clusters_unapplied (cluster_id, kind, key, attempts, error) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (cluster_id, kind, key) DO UPDATE SET attempts = clusters_unapplied.attempts + 1, error = excluded.error
"""
_WAITING = """
SELECT u.id, c.id, c.origin, c.name, u.kind, u.key, r.stamp, r.payload
FROM clusters_unapplied u JOIN clusters_cluster c ON c.id = u.cluster_id
LEFT JOIN clusters_record r ON r.cluster_id = u.cluster_id AND r.kind = u.kind AND r.key = u.key
WHERE u.attempts <= %s ORDER BY u.id LIMIT 1000
"""


def on_record(kind: str) -> Callable[[Reader], Reader]:
    """Register what a received record of a kind does: ``reader(record, now)``, in a transaction; idempotent."""

    def register(reader: Reader) -> Reader:
        _readers[kind] = reader
        return reader

    return register


def has_reader() -> frozenset[str]:
    """The kinds that somebody reads."""
    return frozenset(_readers)


def on_newer_log_in(listener: LogInListener) -> LogInListener:
    """Have ``listener(user_id, whereabouts, now)`` called when a user of a log-in here has a newer one elsewhere."""
    _log_in_listeners.append(listener)
    return listener


def take_up(now: datetime) -> int:
    """Take up what has arrived and was not taken up; how many records. The most urgent kinds go first."""
    count = 0
    for kind in sorted(_readers, key=lambda kind: (kind != LOGIN, kind)):
        for stream in sql.rows(_BEHIND, [kind]):
            count += _take_up_stream(kind, stream, now)
    return count + _take_up_waiting(now, attempts=0)


def try_again(now: datetime) -> int:
    """Try again what could not be taken up; how many were tried."""
    return _take_up_waiting(now, attempts=1_000_000)


def _take_up_stream(kind: str, stream: tuple[Any, ...], now: datetime) -> int:
    stream_id, cluster, origin, name, epoch, end, applied_epoch, applied_n = stream
    at = applied_n if applied_epoch == epoch else 0
    rows = sql.rows(_NEXT, [cluster, kind, epoch, at, end, AT_ONCE])
    for n, stamp, key, payload in rows:
        received = _received(origin, name, kind, key, payload, stamp)
        if not _try(received, now, [epoch, n, stream_id]):
            sql.run(_UNAPPLIED, [cluster, kind, key, "see the log"])
            sql.run(_APPLIED, [epoch, n, stream_id])
    if len(rows) < AT_ONCE:
        sql.run(_APPLIED, [epoch, end, stream_id])
    return len(rows)


def _take_up_waiting(now: datetime, attempts: int) -> int:
    waiting = sql.rows(_WAITING, [attempts])
    for row_id, cluster, origin, name, kind, key, stamp, payload in waiting:
        received = _received(origin, name, kind, key, payload, stamp or 0)
        if _try(received, now):
            sql.run("DELETE FROM clusters_unapplied WHERE id = %s", [row_id])
        else:
            sql.run(_UNAPPLIED, [cluster, kind, key, "see the log"])
    return len(waiting)


def _try(received: Received, now: datetime, applied: list[Any] | None = None) -> bool:
    reader = _readers.get(received.kind)
    try:
        with transaction.atomic():
            if reader is not None:
                reader(received, now)
            if applied is not None:
                sql.run(_APPLIED, applied)
    except Exception:  # one record that cannot be taken up must not stop the others
        log.exception("record not taken up", kind=received.kind, key=received.key, cluster=received.cluster)
        return False
    return True


def _received(origin: str, name: str, kind: str, key: str, payload: str | None, stamp: int) -> Received:
    try:
        fields = json.loads(payload) if payload is not None else None
    except ValueError:
        fields = None
    return Received(origin, name, kind, key, fields if isinstance(fields, dict) else None, stamp)


@on_record(LOGIN)
def _learn_of_log_in(record: Received, now: datetime) -> None:
    """Calls follow the user; an older session here is ended by whoever listens (RO-21)."""
    mine = own_record(LOGIN, record.key)
    found = newest_log_in(record.key)
    if mine is not None and found is not None and found.origin != sealing.identity().origin:
        whereabouts = where_is(record.key)
        for listener in _log_in_listeners:
            if whereabouts is not None:
                listener(record.key, whereabouts, now)
    settle(record.key)
