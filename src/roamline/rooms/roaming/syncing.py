"""The super user sync tool (RO-11): says anew what this cluster's super users are, and reads what became of it.

Each cluster answers with one record for each user that it took over: which document it has now, what it lacked, why
it failed. So the report is read, not asked for, and also shows what a cluster that is cut off has not got yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Cluster, Received
from roamline.rooms.dialplan.models import CallingSearchSpace, Partition
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import PhoneModel, PhoneService
from roamline.rooms.roaming import away, composing
from roamline.rooms.roaming.composing import SUPER_USER
from roamline.rooms.roaming.models import RoamingSettings, SyncRun
from roamline.rooms.roaming.rules import documents
from roamline.rooms.roaming.rules.reporting import Answer, UserOutcome, outcome_after, outcome_before

SYNC, REPORT, NAMES = "super_sync", "super_report", "super_names"
SCHEDULED, SITE = "roaming.sync", "site"
MOST_NAMES = 2000
_NAMED: dict[str, Any] = {
    "service": PhoneService,
    "partition": Partition,
    "calling search space": CallingSearchSpace,
    "phone model": PhoneModel,
}


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What a cluster has of this one's super users, or would get."""

    cluster: Cluster
    outcomes: tuple[UserOutcome, ...]


@transaction.atomic
def publish_all(now: datetime) -> dict[str, str]:
    """Say what every super user of this cluster is, and withdraw who is none any more; digests by uuid."""
    said: dict[str, str] = {}
    for account in composing.own_super_users():
        composing.publish(account, now)
        away.tell_changes(account, now)
        said[str(account.uuid)] = composing.digest_of(account)
    for record in _own_records():
        if record.key not in said:
            composing.withdraw(record.key, now)
            said[record.key] = ""
    clusters.append(NAMES, "names", dict(names_here()), now)
    return said


@transaction.atomic
def synchronise(actor: str, now: datetime) -> SyncRun:
    """Make super users' records the same in all clusters now; the run, whose report fills as the clusters answer."""
    # Said first: whatever a cluster answers to what follows has a later stamp, also where its clock is behind.
    stamp = clusters.append(SYNC, "run", {"at": now.isoformat()}, now)
    expected = publish_all(now)
    ledger.record(at=now, action="super_users.synchronised", actor=actor, details={"users": len(expected)})
    return SyncRun.objects.create(started_at=now, actor=actor, stamp=stamp or 0, expected=expected)


def report(run: SyncRun | None = None) -> list[ClusterReport]:
    """What became of a run (the last one) in each other cluster, as far as they have answered."""
    run = run or SyncRun.objects.first()
    if run is None:
        return []
    names = _user_ids()
    return [
        ClusterReport(
            cluster,
            tuple(
                outcome_after(names.get(uuid, uuid), digest, answers.get(uuid), run.stamp)
                for uuid, digest in run.expected.items()
            ),
        )
        for cluster, answers in _answers()
    ]


def dry_run() -> list[ClusterReport]:
    """What a run would do in each other cluster, with what it would lack there; changes nothing."""
    own = {str(account.uuid): account for account in composing.own_super_users()}
    wanted = {uuid: documents.written(composing.document_of(account)) for uuid, account in own.items()}
    names = _user_ids()
    found = []
    for cluster, answers in _answers():
        standing = _names_of(cluster)
        outcomes = [
            outcome_before(own[uuid].user_id, documents.digest_of(document), answers.get(uuid),
                           lacking(document, standing) if standing is not None else ())
            for uuid, document in wanted.items()
        ]  # fmt: skip
        outcomes += [
            outcome_before(names.get(uuid, answer.user_id), "", answer, ())
            for uuid, answer in answers.items()
            if uuid not in wanted and answer.digest
        ]
        found.append(ClusterReport(cluster, tuple(outcomes)))
    return found


def lacking(document: dict[str, Any], standing: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """What of a document's names a cluster with these names has not got."""
    wanted = [(kind, name) for kind, name in _names_in(document) if name and name not in standing.get(kind, ())]
    return tuple(dict.fromkeys(f"{kind} {name}" for kind, name in wanted))


def _names_in(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for profile in document["profiles"]:
        yield "phone model", profile["model"]["name"]
        yield from (("service", name) for name in profile["services"])
        for line in profile["lines"]:
            yield "partition", line["number"][1]
            yield "calling search space", line["css"]


def names_here() -> Iterable[tuple[str, list[str]]]:
    """The names by which what travels is matched in this cluster."""
    for kind, model in _NAMED.items():
        yield kind, list(model.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES])


def own_names() -> Iterable[tuple[str, dict[str, Any]]]:
    """What this cluster should say of its names."""
    yield "names", dict(names_here())


def _names_of(cluster: Cluster) -> dict[str, frozenset[str]] | None:
    said = next((each for each in clusters.records(NAMES, "names") if each.origin == cluster.origin), None)
    if said is None or said.payload is None:
        return None
    return {kind: frozenset(map(str, names)) for kind, names in said.payload.items() if isinstance(names, list)}


def _answers() -> list[tuple[Cluster, dict[str, Answer]]]:
    own = clusters.own_origin() if clusters.is_joined() else ""
    by_origin: dict[str, dict[str, Answer]] = {}
    for record in clusters.records_of_kind(REPORT):
        if record.payload and record.payload.get("home") == own:
            by_origin.setdefault(record.origin, {})[record.key] = Answer.read(record.payload, record.stamp)
    return [(each, by_origin.get(each.origin, {})) for each in clusters.clusters() if not each.is_own]


def _own_records() -> list[Received]:
    own = clusters.own_origin() if clusters.is_joined() else ""
    return [record for record in clusters.records_of_kind(SUPER_USER) if record.origin == own]


def _user_ids() -> dict[str, str]:
    rows = Account.objects.filter(kind=Account.END, home_cluster=True).values_list("uuid", "user_id")
    return {str(uuid): user_id for uuid, user_id in rows}


# The schedule


@transaction.atomic
def set_schedule(every_minutes: int, actor: str, now: datetime) -> None:
    """Have it run every so many minutes; 0: only when somebody asks for it."""
    settings = RoamingSettings.objects.first() or RoamingSettings()
    settings.every_minutes = every_minutes
    settings.full_clean()
    settings.save()
    ledger.record(at=now, action="super_users.scheduled", actor=actor, details={"every_minutes": every_minutes})
    plan(now)


@transaction.atomic
def set_default_css(name: str, actor: str, now: datetime) -> None:
    """Choose the space of roaming users' lines whose own is missing here; empty: one that reaches nothing.

    Errors: CallingSearchSpace.DoesNotExist.
    """
    settings = RoamingSettings.objects.first() or RoamingSettings()
    settings.default_css = CallingSearchSpace.objects.get(name=name) if name else None
    settings.save()
    ledger.record(at=now, action="super_users.default_css", actor=actor, subject=name)


def plan(now: datetime) -> None:
    """See to the next scheduled run, in the caller's transaction."""
    settings = RoamingSettings.objects.first()
    if settings is None or not settings.every_minutes:
        ledger.cancel(SCHEDULED, SITE)
    else:
        ledger.schedule(SCHEDULED, SITE, now + timedelta(minutes=settings.every_minutes))


@ledger.on_deadline(SCHEDULED)
def run_scheduled(_subject: str, _payload: dict[str, object], now: datetime) -> None:
    """The time has come: synchronise, and be there again."""
    synchronise("schedule", now)
    plan(now)
