"""The remote clusters: noticing new ones, and the *Remote Cluster Update* (RO-31).

An update says how EMCC is set up here, as far as the others have not been told, and notes how long ago each of them
was last heard. What they say comes by ILS at any time; the update mends what changed without being told.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import Q

from roamline.rooms.clusters import service as clusters
from roamline.rooms.emcc import settings, telling
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices
from roamline.rooms.emcc.rules import is_turn, late_by
from roamline.rooms.emcc.telling import EMCC, NAMES
from roamline.rooms.ledger.changes import Author, Names, facts_of, record_added
from roamline.rooms.parameters import rules
from roamline.rooms.parameters import service as parameters

log = structlog.get_logger(__name__)

KIND = "remote_cluster"
BY_ITSELF = Author("roamline", "")
LOOK_SECONDS = 5.0


@transaction.atomic
def notice(now: datetime) -> list[RemoteClusterServices]:
    """Give every cluster that has become known its row, and keep the names; the new ones.

    A new one has what *Enable All Remote Cluster Services When Adding A New Remote Cluster* says. Audited, and the
    others are told.
    """
    known = dict(RemoteClusterServices.objects.values_list("origin", "name"))
    added: list[RemoteClusterServices] = []
    for each in settings.others():
        if each.origin not in known:
            added += _add(each, now)
        elif each.name and known[each.origin] != each.name:
            RemoteClusterServices.objects.filter(origin=each.origin).update(name=each.name)
    if added and InterclusterServiceProfile.objects.exists():
        telling.tell(now)
    return added


def _add(cluster: clusters.Cluster, now: datetime) -> list[RemoteClusterServices]:
    enables = parameters.now_in_force().is_true(rules.ENABLE_ALL)
    row, is_new = RemoteClusterServices.objects.get_or_create(
        origin=cluster.origin,
        defaults={"name": cluster.name, "emcc_enabled": enables, "pstn_access_enabled": enables},
    )
    if is_new:
        record_added(row, KIND, facts_of(row), Names(subject=str(row)), BY_ITSELF, now)
    return [row] if is_new else []


def update(now: datetime) -> int:
    """Update the remote clusters now; how many were heard of lately, which is noted as when they were updated."""
    notice(now)
    for kind in (EMCC, NAMES):
        clusters.publish_kind(kind, now)
    reached = [each.origin for each in settings.others() if each.state == "reachable"]
    InterclusterServiceProfile.objects.update(remote_update_at=now)
    return RemoteClusterServices.objects.filter(origin__in=reached).update(updated_at=now)


def update_now(author: Author, now: datetime) -> int:
    """*Update now*: the same, and the node that speaks asks every cluster for what is missing; audited."""
    count = update(now)
    clusters.ask_to_synchronise(author, now)
    return count


def interval() -> timedelta:
    """*Remote Cluster Update Interval*."""
    return timedelta(minutes=parameters.now_in_force().number(rules.UPDATE_INTERVAL))


def servers() -> tuple[str, str]:
    """The default and the backup server for the update; empty where none is set."""
    values = parameters.now_in_force()
    return values.text(rules.DEFAULT_UPDATER).strip(), values.text(rules.BACKUP_UPDATER).strip()


def update_when_due(now: datetime, node: str | None = None) -> bool:
    """Update the remote clusters when that is due and this node's turn; whether it was.

    Of several nodes whose turn it is, one does it.
    """
    row = InterclusterServiceProfile.objects.first()
    if row is None or not clusters.is_joined():
        return False
    default, backup = servers()
    late = late_by(None if _has_never_updated() else row.remote_update_at, interval(), now)
    if not is_turn(node or parameters.this_node(), default, backup, late, interval()):
        return False
    mine = InterclusterServiceProfile.objects.filter(Q(pk=row.pk), _unchanged(row.remote_update_at))
    if not mine.update(remote_update_at=now):
        return False
    update(now)
    return True


def _has_never_updated() -> bool:
    """Whether a cluster that is reached now was never reached at an update, because it came in between."""
    reached = {each.origin for each in settings.others() if each.state == "reachable"}
    return RemoteClusterServices.objects.filter(updated_at=None, origin__in=reached).exists()


def _unchanged(at: datetime | None) -> Q:
    return Q(remote_update_at__isnull=True) if at is None else Q(remote_update_at=at)


async def keep_updating() -> None:
    """A task of the engine: a cluster became known, or an update is due."""
    while True:
        await sync_to_async(_look)()
        await asyncio.sleep(LOOK_SECONDS)


def _look() -> None:
    now = datetime.now(UTC)
    for row in notice(now):
        log.info("remote cluster added", cluster=row.name, emcc=row.emcc_enabled)
    update_when_due(now)
