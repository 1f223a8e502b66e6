"""Hybrid logical clock: stamps that follow cause and effect over clusters whose clocks are skewed (RO-5).

A stamp is one integer: milliseconds of the epoch in the upper 48 bits, a counter in the lower 16. A new stamp is
greater than every stamp given out or seen before, and is the wall clock's whenever that is ahead of them all. So what
happens after news from elsewhere has arrived is later than that news, however wrong the clocks are.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

COUNTER_BITS = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp_at(moment: datetime) -> int:
    """The smallest stamp of an aware moment."""
    return (moment - _EPOCH) // timedelta(milliseconds=1) << COUNTER_BITS


def time_of(stamp: int) -> datetime:
    """The wall clock's share of a stamp, aware and in UTC."""
    return _EPOCH + timedelta(milliseconds=stamp >> COUNTER_BITS)


def next_stamp(latest: int, now: datetime) -> int:
    """The stamp of something that happens now, when ``latest`` is the greatest that was given out or seen."""
    return max(latest + 1, stamp_at(now))


def ahead(stamp: int, now: datetime) -> timedelta:
    """How far a stamp is ahead of a clock; negative when it is in the past."""
    return time_of(stamp) - now
