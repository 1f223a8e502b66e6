"""What this room hears, from this cluster and from the others, and what follows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import transaction

from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Received
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import forwarding
from roamline.rooms.phones.models import Line
from roamline.rooms.roaming import applying, away, composing, keys, known, store, syncing, whereabouts
from roamline.rooms.roaming.applying import CannotTakeOver
from roamline.rooms.roaming.composing import SUPER_USER
from roamline.rooms.roaming.models import Replica, ReplicaNumber, ReplicaProfile
from roamline.rooms.roaming.rules import documents
from roamline.rooms.roaming.rules.reporting import ADDED, CHANGED, REMOVED
from roamline.rooms.roaming.syncing import NAMES, REPORT, SYNC

EVERYBODY = "*"
OF_A_USER = ("pin.", "account.", "end_user.", "group.", "dnd.", "language.", "own_login_time.", "speed_dials.")
"""The beginnings of entries about what concerns one user in every cluster."""
LOOK_SECONDS = 5.0
Members = dict[str, str]
"""Names of clusters by origin."""


def listen() -> None:
    """Register everything; once, when the application starts."""
    mobility.on_session_facts(whereabouts.tell)
    mobility.on_unknown_user(whereabouts.stranger)
    ledger.on_entry(note_entry)
    forwarding.on_change(note_forwarding)
    forwarding.on_number_elsewhere(clusters.is_number_elsewhere)
    clusters.on_newer_log_in(whereabouts.gone)
    clusters.on_network_key(keys.key_changed)
    clusters.on_key_in_use(keys.use_call_secrets)
    clusters.on_record(SUPER_USER)(learn_user)
    clusters.on_record(known.SETTING)(learn_setting)
    clusters.on_record(SYNC)(learn_sync)
    clusters.source(SUPER_USER)(composing.own_documents)
    clusters.source(NAMES)(syncing.own_names)
    clusters.foreign("number")(foreign_numbers)
    clusters.foreign("profile")(foreign_profiles)


def foreign_numbers() -> set[str]:
    """The directory numbers that stand here for other clusters' users."""
    return set(ReplicaNumber.objects.values_list("number__pattern", flat=True))


def foreign_profiles() -> set[str]:
    """The names of the device profiles that are other clusters'."""
    return set(ReplicaProfile.objects.values_list("profile__name", flat=True))


# From this cluster


def note_entry(action: str, user_id: str, succeeded: bool, at: datetime) -> None:
    """Something happened to a user: other clusters are told soon, if it concerns them; in the entry's transaction.

    A log-in that succeeds is seen to by :func:`whereabouts.tell`. One that fails costs the same whoever is named, super
    user or nobody: whether somebody's failed attempts are to be told is looked at afterwards (S-1).
    """
    is_log_in = action.startswith("em.")
    if not succeeded and (is_log_in or action.startswith("pin.")):
        if clusters.is_joined():
            whereabouts.look_soon(user_id, at)
        return
    whom = "" if is_log_in else _concerned(action, user_id)
    if whom and clusters.is_joined():
        whereabouts.tell_soon(whom, at)


def note_forwarding(line: Line, now: datetime) -> None:
    """The calls of a line are forwarded elsewhere now: other clusters are told soon, if it is a super user's."""
    users = ControlledProfile.objects.filter(profile=line.profile_id).values_list("account__user_id", flat=True)
    for user_id in users:
        if clusters.is_joined() and store.does_user_roam(user_id):
            whereabouts.tell_soon(user_id, now)


def _concerned(action: str, user_id: str) -> str:
    """Whom other clusters may have to be told of: a user id, :data:`EVERYBODY`, or nobody."""
    if action.startswith(OF_A_USER):
        return user_id
    return EVERYBODY if action.startswith("access_control_group.") else ""


@ledger.on_effect(whereabouts.TELL)
def tell(user_id: str, _version: int, _payload: dict[str, object], now: datetime) -> None:
    """Tell other clusters what a user is and what they changed, as far as that is news."""
    if not clusters.is_joined():
        return
    account = Account.objects.filter(user_id=user_id).first() if user_id != EVERYBODY else None
    if account is None:
        syncing.publish_all(now)
        return
    with transaction.atomic():
        directory.lock(account.pk)
        composing.publish(account, now)
        if composing.is_super_user(account):
            away.tell_changes(Account.objects.get(pk=account.pk), now)
            whereabouts.tell_standing(account, now)


@ledger.on_effect(whereabouts.LOOK)
def look_at_failures(_subject: str, _version: int, _payload: dict[str, object], now: datetime) -> None:
    """Tell other clusters of super users' failed attempts and lock-outs here, as far as that is news (RO-13)."""
    for account_id in store.roaming_with_failures() if clusters.is_joined() else ():
        with transaction.atomic():
            directory.lock(account_id)
            away.tell_changes(Account.objects.get(pk=account_id), now)


def look_at_members(seen: Members, now: datetime) -> Members:
    """Who is in the network now; when that is news, what they said before they were known to be counts now."""
    members = {each.origin: each.name for each in clusters.clusters()} if clusters.is_joined() else {}
    if members == seen:
        return seen
    for replica in Replica.objects.all():
        name = members.get(replica.origin, replica.cluster)
        if name != replica.cluster:
            Replica.objects.filter(pk=replica.pk).update(cluster=name)
    for account in keys.super_users_of_all():
        with transaction.atomic():
            directory.lock(account.pk)
            away.adopt(Account.objects.get(pk=account.pk), now)
    return members


async def keep_looking() -> None:
    """A task of the engine: a network was made, joined or left, its key is another, or a cluster came or went."""
    seen: Members = {}
    while True:
        now = datetime.now(UTC)
        await sync_to_async(keys.look_at_key)(now)
        seen = await sync_to_async(look_at_members)(seen, now)
        await asyncio.sleep(LOOK_SECONDS)


# From other clusters


def learn_user(record: Received, now: datetime) -> None:
    """Another cluster says what one of its super users is, or that somebody is none any more (RO-11)."""
    replica = Replica.objects.filter(uuid=record.key).first()
    if record.payload is None:
        if replica is not None and replica.origin == record.origin:
            applying.let_go(replica, now)
            _answer(record, "", REMOVED, [], "", now)
        return
    digest = documents.digest_of(record.payload)
    if replica is not None and replica.digest == digest and not replica.lacks and not replica.failure:
        return
    if replica is not None and replica.origin != record.origin:
        _answer(record, digest, "", [], f"{replica.user_id} is a super user of {replica.cluster} already", now)
        return
    _take_over(record, replica, digest, now)


def _take_over(record: Received, replica: Replica | None, digest: str, now: datetime) -> None:
    is_new = replica is None or replica.account is None
    before = _standing(replica) if replica is not None else None
    replica = replica or Replica(uuid=record.key)
    replica.origin, replica.cluster, replica.changed_at = record.origin, record.cluster, now
    replica.user_id = str((record.payload or {}).get("user_id", ""))[:128]
    replica.digest = digest
    try:
        replica.lacks = applying.take_over(documents.read(record.key, record.payload or {}), replica, now)
        replica.failure = ""
    except (CannotTakeOver, documents.Malformed) as reason:
        replica.failure = str(reason)[:300]
    except ValidationError as invalid:
        replica.failure = "; ".join(invalid.messages)[:300]
    if replica.failure and replica.account_id and not Account.objects.filter(pk=replica.account_id).exists():
        replica.account = None
    replica.save()
    if before == _standing(replica):
        return  # tried again with nothing new to say: what was answered then stands
    outcome = ADDED if is_new else CHANGED
    if not replica.failure and replica.account is not None:
        away.adopt(Account.objects.get(pk=replica.account.pk), now)
        ledger.record(at=now, action=f"super_user.{outcome}", actor=record.cluster, user_id=replica.user_id)
    _answer(record, digest, outcome, replica.lacks, replica.failure, now)


def _standing(replica: Replica) -> tuple[str, list[str], str]:
    """What an answer is about; a phone model that was missing has been made."""
    return replica.digest, [each for each in replica.lacks if not each.startswith("phone model ")], replica.failure


def _answer(record: Received, digest: str, outcome: str, lacks: list[str], failure: str, now: datetime) -> None:
    user_id = str((record.payload or {}).get("user_id", ""))[:128]
    said = {"home": record.origin, "user_id": user_id, "digest": digest, "outcome": outcome, "lacks": lacks,
            "failure": failure}  # fmt: skip
    clusters.append(REPORT, record.key, said, now)


def learn_setting(record: Received, now: datetime) -> None:
    """A cluster says what a super user changed there: adopted here (RO-13)."""
    uuid = record.key.partition(":")[0]
    account = Account.objects.filter(uuid=uuid, kind=Account.END).first()
    if account is not None and composing.is_super_user(account):
        directory.lock(account.pk)
        away.adopt(Account.objects.get(pk=account.pk), now)


def learn_sync(record: Received, now: datetime) -> None:
    """A cluster synchronises its super users: what was lacking here may be there by now."""
    for said in clusters.records_of_kind(SUPER_USER):
        if said.origin == record.origin:
            learn_user(said, now)
