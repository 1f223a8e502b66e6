"""Log-outs that wait: a user has logged in elsewhere since, and the cluster of before has not heard of it (RO-21).

A cluster that hears of a newer log-in ends its own at once and says so. One that still says that its older log-in
stands, a while later, is down or cut off: the log-out happens when it is back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from roamline.kernel.hybrid_clock import time_of
from roamline.platform import sql
from roamline.rooms.clusters.rules import LOGIN, LogIn, log_in_said, newest

USUAL = timedelta(seconds=15)
"""News of a log-in reaches every cluster that can be reached well within this time."""
MOST = 2000

_SAID_TWICE = """
SELECT r.key, c.origin, c.name, c.is_own, r.stamp, r.payload
FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
WHERE r.kind = %s AND c.is_member AND r.payload IS NOT NULL AND r.key IN (
  SELECT key FROM clusters_record WHERE kind = %s AND payload IS NOT NULL
  GROUP BY key HAVING COUNT(*) > 1 AND SUM(CASE WHEN payload LIKE %s THEN 0 ELSE 1 END) > 0)
ORDER BY r.key, c.origin LIMIT %s
"""
_ENDED = '%"ended":%true%'


@dataclass(frozen=True, slots=True)
class WaitingLogOut:
    """A user is still logged in in ``cluster``, as far as is known here, though they logged in in ``place`` since."""

    user_id: str
    cluster: str
    place: str


def waiting_log_outs(now: datetime) -> tuple[WaitingLogOut, ...]:
    """The log-outs in other clusters that wait until those can be reached, by user id."""
    rows = sql.rows(_SAID_TWICE, [LOGIN, LOGIN, _ENDED, MOST])
    return tuple(found for user_id, said in groupby(rows, lambda row: str(row[0])) for found in _of(user_id, said, now))


def _of(user_id: str, rows: Iterable[tuple[Any, ...]], now: datetime) -> Iterable[WaitingLogOut]:
    names: dict[str, str] = {}
    elsewhere: set[str] = set()
    said: list[LogIn] = []
    for _key, origin, name, is_own, stamp, payload in rows:
        log_in = log_in_said(origin, int(stamp), payload)
        if log_in is not None:
            said.append(log_in)
            names[origin] = name
            elsewhere |= set() if is_own else {origin}
    counts = newest(said)
    if counts is None or now - time_of(counts.since) < USUAL:
        return
    for each in said:
        if each is not counts and not each.ended and each.origin in elsewhere:
            yield WaitingLogOut(user_id, names[each.origin], names[counts.origin])
