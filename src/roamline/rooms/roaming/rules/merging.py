"""What the clusters' statements about a super user's settings come to; pure (RO-13).

For a value the newest statement counts; one that only says again what was said before (sealed anew, or instead of a
cluster that is gone) is as old as what it repeats. Failed attempts are summed over the clusters: each counts its own,
and what was counted before the newest *cleared* counts no longer. A lock-out holds unless something was cleared after
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar


class Said(Protocol):
    """A statement of a cluster."""

    @property
    def stamp(self) -> int:
        """When it was made: greater is later, in all clusters."""
        ...

    @property
    def origin(self) -> str:
        """Which cluster made it."""
        ...

    @property
    def payload(self) -> dict[str, Any] | None:
        """What it says."""
        ...


Statement = TypeVar("Statement", bound=Said)


@dataclass(frozen=True, slots=True)
class Counters:
    """Failed attempts of all clusters, and until when the user is locked."""

    failed_attempts: int
    locked_until: datetime | None


def said_at(statement: Said) -> int:
    """When it was first said what a statement says, as a stamp."""
    since = (statement.payload or {}).get("since")
    return min(since, statement.stamp) if type(since) is int and since > 0 else statement.stamp


def newest(statements: Iterable[Statement]) -> Statement | None:
    """The statement that counts; of two of the same stamp all clusters choose the same."""
    return max(statements, key=lambda each: (said_at(each), each.origin), default=None)


def counters(failures: Iterable[Said], locks: Iterable[Said], cleared: Iterable[Said]) -> Counters:
    """What the counters are by all that was said."""
    since = cleared_at(cleared)
    total = sum(_count(each) for each in failures if each.stamp > since)
    lock = newest(locks)
    until = _time((lock.payload or {}).get("until")) if lock and said_at(lock) > since else None
    return Counters(total, until)


def own_count(failures: Iterable[Said], cleared: Iterable[Said]) -> int:
    """What one cluster's own count stands at, given what it said; nothing after a newer *cleared*."""
    last = newest(failures)
    return _count(last) if last and last.stamp > cleared_at(cleared) else 0


def cleared_at(cleared: Iterable[Said]) -> int:
    """When the counters were cleared last, as a stamp; 0: never."""
    last = newest(cleared)
    return said_at(last) if last else 0


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was heard from a cluster that is gone since."""

    stamp: int
    payload: dict[str, Any] | None
    origin: str = ""


def _count(said: Said) -> int:
    count = (said.payload or {}).get("count")
    return count if isinstance(count, int) and 0 <= count <= 10_000 else 0


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
