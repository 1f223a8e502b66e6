"""Scheduled log-outs: "everybody at 19:00", "this site on Friday", "this user everywhere" (BL-2).

A schedule has one deadline for each time zone that its phones are in, so it comes at each site's own time, once, on
whichever node is alive, and late rather than never (EM-45). When it comes, everybody whom it meets is marked as
ending; each session then ends by itself as soon as its phone is idle (EM-42).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from roamline.platform import sql
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.models import LogOutSchedule
from roamline.rooms.mobility.rules.schedules import Timing, Whom, next_time
from roamline.rooms.mobility.service import visitors
from roamline.rooms.mobility.service.calls import end_when_idle, is_in_call
from roamline.rooms.mobility.service.log_out import end_or_wait
from roamline.rooms.mobility.service.terms import By, Way
from roamline.rooms.phones.models import DevicePool

SCHEDULED = "mobility.scheduled_log_out"
LOOK_AGAIN_SECONDS = 600
PASSED = _("That time has passed at every site whose phones this schedule meets. Give a later date or time.")

_ZONES = "SELECT DISTINCT time_zone FROM phones_devicepool ORDER BY time_zone"
_MET = """
SELECT s.uuid, a.user_id, p.name, pool.name, s.started_at
FROM mobility_loginsession s
JOIN directory_account a ON a.id = s.account_id
JOIN phones_phone p ON p.id = s.phone_id
JOIN phones_devicepool pool ON pool.id = p.device_pool_id
WHERE s.ended_at IS NULL {where} ORDER BY p.name
"""
_VISITORS_MET = """
SELECT p.visitor, p.name, pool.name FROM phones_phone p JOIN phones_devicepool pool ON pool.id = p.device_pool_id
WHERE p.visitor > '' {where} ORDER BY p.name
"""


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody whom a schedule would log out now; without a session it is a user of another cluster (EMCC)."""

    session: UUID | None
    user_id: str
    device: str
    device_pool: str
    since: datetime | None
    is_in_call: bool = False


@transaction.atomic
def add_schedule(
    *, name: str, timing: Timing, actor: str, now: datetime, whom: Whom = Whom.EVERYBODY,
    device_pool: DevicePool | None = None, account: Account | None = None,
) -> LogOutSchedule:  # fmt: skip
    """Add a schedule and its deadlines; ValidationError names what does not fit together."""
    schedule = LogOutSchedule(
        name=name, whom=whom, device_pool=device_pool, account=account, at=timing.at,
        days="".join(str(day) for day in sorted(timing.days)), once_on=timing.once_on,
    )  # fmt: skip
    schedule.full_clean()
    if not still_comes(schedule, now):
        raise ValidationError({"once_on": PASSED})
    schedule.save()
    plan(schedule, now)
    with override("en"):
        when = str(schedule)
    ledger.record(at=now, action="schedule.added", actor=actor, subject=name, details={"when": when})
    return schedule


@transaction.atomic
def plan_anew(schedule: LogOutSchedule, now: datetime) -> list[datetime]:
    """Give a schedule that was changed the deadlines of its new times, instead of all that it had; the times."""
    ledger.cancel_beginning(SCHEDULED, f"{schedule.uuid}:")
    return plan(schedule, now)


@transaction.atomic
def remove_schedule(schedule: LogOutSchedule, *, actor: str, now: datetime) -> None:
    """Remove a schedule; what it has begun goes on."""
    drop_schedule(schedule)
    ledger.record(at=now, action="schedule.removed", actor=actor, subject=schedule.name)


@transaction.atomic
def drop_schedule(schedule: LogOutSchedule) -> None:
    """Delete a schedule with its deadlines; whoever calls sees to the audit."""
    ledger.cancel_beginning(SCHEDULED, f"{schedule.uuid}:")
    schedule.delete()


@transaction.atomic
def enable_schedule(schedule: LogOutSchedule, enabled: bool, *, actor: str, now: datetime) -> None:
    """Turn a schedule on or off; ValidationError for turning on one whose date has passed."""
    if enabled and not still_comes(schedule, now):
        raise ValidationError({"once_on": PASSED})
    schedule.enabled = enabled
    schedule.save(update_fields=["enabled"])
    plan_anew(schedule, now)
    ledger.record(at=now, action="schedule.changed", actor=actor, subject=schedule.name, details={"enabled": enabled})


def plan(schedule: LogOutSchedule, now: datetime) -> list[datetime]:
    """See to it that every time zone of a schedule has its deadline; the times that were set."""
    if not schedule.enabled:
        return []
    times = []
    for time_zone in _zones_of(schedule):
        subject = _subject(schedule, time_zone)
        due_at = next_time(schedule.timing, time_zone, now)
        if due_at is not None and not ledger.is_scheduled(SCHEDULED, subject):
            ledger.schedule(SCHEDULED, subject, due_at, {"time_zone": time_zone})
            times.append(due_at)
    return times


def still_comes(schedule: LogOutSchedule, now: datetime) -> bool:
    """Whether a schedule comes at all, were it enabled: a single date may have passed at every site that it meets."""
    zones = _zones_of(schedule) or ["UTC"]  # no site yet: one may come
    return any(next_time(schedule.timing, zone, now) is not None for zone in zones)


def preview(schedule: LogOutSchedule, time_zone: str | None = None) -> list[Met]:
    """Whom a schedule would log out now, and who of them is in a call; changes nothing."""
    return [
        Met(m.session, m.user_id, m.device, m.device_pool, m.since, is_in_call(m.device))
        for m in _met(schedule, time_zone)
    ]


def log_out_met(schedule: LogOutSchedule, by: By, now: datetime) -> int:
    """Log out now whom a schedule meets now, those in a call when it ends; how many."""
    met = preview(schedule)
    for each in met:
        session = store.session_by_uuid(each.session) if each.session else None
        if session is not None:
            end_or_wait(session, by, now)
    visitors.log_out_soon([each.device for each in met if each.session is None], by, now)
    return len(met)


def next_times(schedule: LogOutSchedule, now: datetime) -> dict[str, datetime]:
    """When a schedule comes next, by time zone."""
    found = {zone: next_time(schedule.timing, zone, now) for zone in _zones_of(schedule)}
    return {zone: at for zone, at in found.items() if at is not None and schedule.enabled}


@ledger.on_deadline(SCHEDULED)
def log_out_scheduled(subject: str, payload: dict[str, object], now: datetime) -> None:
    """A schedule's time has come in a time zone: whom it meets there is logged out, and it is set for the next time."""
    schedule = LogOutSchedule.objects.filter(uuid=UUID(subject.partition(":")[0]), enabled=True).first()
    if schedule is None:
        return
    time_zone = str(payload["time_zone"])
    if time_zone not in _zones_of(schedule):
        return  # it was changed while this fired
    met = _met(schedule, time_zone)
    by = By(f"schedule {schedule.name}", Way.SCHEDULE)
    for each in met:
        session = store.session_by_uuid(each.session) if each.session else None
        if session is not None:
            end_when_idle(session, by, now)
    visitors.log_out_soon([each.device for each in met if each.session is None], by, now)
    ledger.record(
        at=now, action="schedule.fired", actor=by.actor, way=by.way, subject=schedule.name,
        details={"time_zone": time_zone, "sessions": len(met)},
    )  # fmt: skip
    due_at = next_time(schedule.timing, time_zone, now)
    if due_at is not None:
        ledger.schedule(SCHEDULED, subject, due_at, payload)


def _met(schedule: LogOutSchedule, time_zone: str | None) -> list[Met]:
    where, values = _conditions(schedule)
    if time_zone is not None and schedule.whom != Whom.DEVICE_POOL:
        where, values = f"{where} AND pool.time_zone = %s", [*values, time_zone]
    users = [
        Met(uuid if isinstance(uuid, UUID) else UUID(uuid), user, device, pool, sql.time_of(since))
        for uuid, user, device, pool, since in sql.rows(_MET.format(where=where), values)
    ]
    if schedule.whom == Whom.USER:
        return users
    guests = sql.rows(_VISITORS_MET.format(where=where), values)
    return [*users, *(Met(None, user, device, pool, None) for user, device, pool in guests)]


def _conditions(schedule: LogOutSchedule) -> tuple[str, list[object]]:
    if schedule.whom == Whom.DEVICE_POOL:
        return "AND p.device_pool_id = %s", [schedule.device_pool_id]
    if schedule.whom == Whom.USER:
        return "AND s.account_id = %s", [schedule.account_id]
    return "", []


def _zones_of(schedule: LogOutSchedule) -> list[str]:
    if schedule.whom == Whom.DEVICE_POOL and schedule.device_pool is not None:
        return [schedule.device_pool.time_zone]
    return [name for (name,) in sql.rows(_ZONES)]


def _subject(schedule: LogOutSchedule, time_zone: str) -> str:
    return f"{schedule.uuid}:{time_zone}"


def plan_all(now: datetime) -> None:
    """Give every schedule the deadlines that it lacks: a site in a new time zone may have come."""
    with transaction.atomic():
        for schedule in LogOutSchedule.objects.filter(enabled=True).select_related("device_pool"):
            plan(schedule, now)


async def keep_planned() -> None:
    """A task of the engine: looks every ten minutes whether a schedule lacks a deadline."""
    while True:
        await sync_to_async(plan_all)(datetime.now(UTC))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
