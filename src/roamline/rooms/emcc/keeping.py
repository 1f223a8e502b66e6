"""What keeps both sides of sessions across clusters in step: what was missed is mended (RO-30)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async

from roamline.rooms.clusters.service import Cluster
from roamline.rooms.emcc import home, stays, talking, visits
from roamline.rooms.emcc import settings as emcc
from roamline.rooms.emcc.models import Stay, Visit
from roamline.rooms.mobility import store as mobility_store
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.mobility.service.retention import on_purge
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters.service import Parameters
from roamline.wires.emcc.messages import MOST_SESSIONS, Standing

LOOK_SECONDS = 60.0
LEFT_BEHIND = timedelta(minutes=2)
"""Nobody works on one log-in for so long: what it left behind is cleared away."""


@talking.answered_by(Standing)
def standing(question: Standing, cluster: Cluster, _now: datetime) -> dict[str, Any]:
    """Which of these sessions stand here, as a visit or as a stay."""
    mine = {"session__in": question.sessions, "origin": cluster.origin, "ended_at__isnull": True}
    found = {*Stay.objects.filter(**mine).values_list("session", flat=True),
             *Visit.objects.filter(**mine).values_list("session", flat=True)}  # fmt: skip
    return {"standing": sorted(found)}


def clear_away(now: datetime) -> int:
    """Give back EMCC devices whose log-in did not happen, and give up visits whose asking was cut short; how many."""
    count = 0
    for stay in Stay.objects.filter(ended_at__isnull=True, began_at__lt=now - LEFT_BEHIND):
        session = mobility_store.session_on_phone(stay.phone_id or 0)
        if session is None:
            stays.give_back(stay, "", now, is_told=not stay.granted)
            count += 1
    for visit in Visit.objects.filter(began_at__isnull=True, ended_at__isnull=True, asked_at__lt=now - LEFT_BEHIND):
        visits.give_up(visit, now)
        count += 1
    talking.forget_old(now)
    return count


@on_purge("sessions across clusters")
def purge_old(in_force: Parameters, now: datetime) -> int:
    """Stays and visits that ended as long ago as login sessions are kept (S-11)."""
    before = now - timedelta(days=in_force.number(parameter_rules.SESSION_RETENTION))
    gone = (Stay.objects.filter(ended_at__lt=before), Visit.objects.filter(ended_at__lt=before))
    return sum(rows.delete()[0] for rows in gone)


def mend(now: datetime) -> int:
    """Ask the other clusters which sessions stand there, and end those that do not; how many ended."""
    count = 0
    theirs = Visit.objects.filter(began_at__isnull=False, ended_at__isnull=True)
    for gone in _gone(theirs.values_list("origin", "session"), now):
        visit = Visit.objects.filter(session=gone).first()
        if visit is not None and visits.end(visit, By("", Way.ANOTHER_CLUSTER), now, is_told=True):
            count += 1
    ours = Stay.objects.filter(granted=True, ended_at__isnull=True, began_at__lt=now - LEFT_BEHIND)
    return count + home.end_all_of(set(_gone(ours.values_list("origin", "session"), now)), now)


def _gone(sessions: Iterable[tuple[str, str]], now: datetime) -> list[str]:
    """Those that the other cluster says do not stand; of one that does not answer none."""
    by_origin: defaultdict[str, list[str]] = defaultdict(list)
    for origin, session in sessions:
        by_origin[origin].append(session)
    gone: list[str] = []
    for origin, asked in by_origin.items():
        for start in range(0, len(asked), MOST_SESSIONS):
            some = asked[start : start + MOST_SESSIONS]
            try:
                answered = talking.ask(origin, Standing(tuple(some)), now)
            except talking.NotReached:
                continue
            found = answered.fields.get("standing")
            if isinstance(found, list):
                gone += [each for each in some if each not in found]
    return gone


def is_due(mended_at: datetime | None, now: datetime) -> bool:
    """Whether the other clusters are to be asked again; the interval that is set now counts."""
    return mended_at is None or now - mended_at >= emcc.maintenance_interval()


async def keep_in_step() -> None:
    """A task of the engine: at its start, and every *Default Interval for Expired EMCC Device Maintenance*."""
    mended_at: datetime | None = None
    while True:
        now = datetime.now(UTC)
        await sync_to_async(clear_away)(now)
        if await sync_to_async(is_due)(mended_at, now):
            await sync_to_async(mend)(now)
            mended_at = now
        await asyncio.sleep(LOOK_SECONDS)
