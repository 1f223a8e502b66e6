"""When a scheduled log-out comes next, and whom it meets (BL-2); pure.

A schedule's time is the wall clock's of each site: "everybody at 19:00" comes in every time zone at its own 19:00. A
time that a change of the clocks leaves out comes an hour later, one that it repeats comes the first time.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

DAY_NAMES = (_("mon"), _("tue"), _("wed"), _("thu"), _("fri"), _("sat"), _("sun"))
EVERY_DAY = frozenset(range(7))


class Whom(enum.StrEnum):
    """Whom a schedule logs out."""

    EVERYBODY = "everybody"
    DEVICE_POOL = "device pool"
    USER = "user"


class InvalidSchedule(ValueError):
    """A time, date or days that no schedule has; the message says what it takes."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A time of day on some days of the week, or once on one date."""

    at: time
    days: frozenset[int] = EVERY_DAY
    once_on: date | None = None


def time_of_day(text: str) -> time:
    """``19:00`` as a time; InvalidSchedule for anything else."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text.strip())
    if not match:
        raise InvalidSchedule(_("Give a time of day as HH:MM from 0:00 to 23:59."))
    return time(int(match[1]), int(match[2]))


def days_of_week(text: str) -> frozenset[int]:
    """``fri`` or ``mon,tue`` as days (Monday is 0), ``daily`` or nothing for every day."""
    names = [name.strip().lower()[:3] for name in text.split(",") if name.strip()]
    if not names or names == ["dai"]:
        return EVERY_DAY
    unknown = [name for name in names if name not in DAY_NAMES]
    if unknown:
        raise InvalidSchedule(Wording(_("Give days as %(days)s, or daily."), days=", ".join(DAY_NAMES)))
    return frozenset(DAY_NAMES.index(name) for name in names)


def zone(name: str) -> ZoneInfo:
    """A time zone by its name; UTC for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def next_time(timing: Timing, time_zone: str, after: datetime) -> datetime | None:
    """When it comes next in a time zone, in UTC and later than ``after``; None when it does not come again."""
    here = zone(time_zone)
    if timing.once_on is not None:
        moment = _moment(timing.once_on, timing.at, here)
        return moment if moment > after else None
    today = after.astimezone(here).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        moment = _moment(day, timing.at, here)
        if day.weekday() in timing.days and moment > after:
            return moment
    return None


def _moment(day: date, at: time, here: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=here).astimezone(UTC)
