"""Taking over what another cluster says of its super users: the same rows here, owned there (RO-11).

Partitions, calling search spaces, services and models are found by name. What is missing never keeps a user from
logging in: a line without its space gets the roaming default one, which reaches nothing unless an administrator chose
another, a number without its partition stands in a partition that nothing reaches, a missing model is made after the
one at home. What is this cluster's own is never overwritten: a user id, a profile name or a number that stands here
already makes the whole user fail, and is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters import service as clusters
from roamline.rooms.dialplan.models import CallingSearchSpace, DirectoryNumber, Partition
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.phones.models import Button, DeviceProfile, Line, PhoneModel, PhoneService
from roamline.rooms.roaming import fields, forwards
from roamline.rooms.roaming.models import Replica, ReplicaNumber, ReplicaProfile
from roamline.rooms.roaming.rules.documents import Number, ProfileDocument, UserDocument
from roamline.rooms.roaming.spaces import default_space

ACTOR = "roaming"
UNREACHED = "Roaming users"


class CannotTakeOver(Exception):
    """Something of this cluster's own stands in the way; the message names it."""


@dataclass(slots=True)
class _Taking:
    """One user being taken over, with what turned out to be missing here."""

    replica: Replica
    lacks: list[str] = field(default_factory=list)

    def missing(self, kind: str, name: str) -> None:
        text = f"{kind} {name}"
        if text not in self.lacks:
            self.lacks.append(text)


def take_over(document: UserDocument, replica: Replica, now: datetime) -> list[str]:
    """Make a super user of another cluster the same here, in the caller's transaction; what this cluster lacks.

    What else happens: phones that run one of the profiles fetch their configuration anew. Errors: CannotTakeOver,
    ValidationError when a field is not what this version takes.
    """
    taking = _Taking(replica)
    with transaction.atomic():
        account = _account(document, taking)
        kept = [_profile(each, account, position, taking) for position, each in enumerate(document.profiles, start=1)]
        for gone in replica.profiles.exclude(profile__in=kept).select_related("profile"):
            if mobility.why_profile_stays(gone.profile):
                mobility.end_at_once(account.user_id, By(replica.cluster, Way.ADMINISTRATOR), now)
            _drop_profile(gone.profile)
        _drop_unused_numbers(replica.origin)
        mobility.reconfigure_phones_running([profile.pk for profile in kept], ACTOR, now)
    return taking.lacks


def _account(document: UserDocument, taking: _Taking) -> Account:
    standing = Account.objects.filter(uuid=document.uuid).first()
    if Account.objects.filter(user_id=document.user_id).exclude(uuid=document.uuid).exists():
        raise CannotTakeOver(f"{_('a user of this cluster has this user id')}: {document.user_id}")
    if standing is not None and standing.home_cluster:
        raise CannotTakeOver(f"{_('at home in this cluster, too')}: {document.user_id}")
    account = standing or Account(uuid=document.uuid, kind=Account.END, home_cluster=False)
    account.set_unusable_password()
    account.user_id = document.user_id
    fields.put(account, document.fields)
    if document.extension:
        account.primary_extension = _number(document.extension, taking)
    account.save()
    taking.replica.account = account
    taking.replica.save()
    return account


def _profile(document: ProfileDocument, account: Account, position: int, taking: _Taking) -> DeviceProfile:
    profile = DeviceProfile.objects.filter(uuid=document.uuid).first()
    if profile is not None and not ReplicaProfile.objects.filter(profile=profile).exists():
        raise CannotTakeOver(f"{_('a profile of this cluster itself')}: {profile.name}")
    profile = profile or DeviceProfile(uuid=document.uuid)
    profile.model = _model(document, taking)
    fields.put(profile, document.fields)
    if DeviceProfile.objects.filter(name=profile.name).exclude(uuid=document.uuid).exists():
        raise CannotTakeOver(f"{_('a profile of this cluster has this name')}: {profile.name}")
    profile.save()
    ReplicaProfile.objects.get_or_create(profile=profile, defaults={"replica": taking.replica})
    ControlledProfile.objects.update_or_create(
        account=account, profile=profile, defaults={"position": position, "is_default": document.is_default}
    )
    profile.services.set(_services(document.services, taking))
    _lines(document, profile, taking)
    _buttons(document, profile, taking)
    return profile


def _model(document: ProfileDocument, taking: _Taking) -> PhoneModel:
    name = str(document.model["name"])
    standing = PhoneModel.objects.filter(name=name).first()
    if standing is not None:
        return standing
    taking.missing("phone model", name)
    model = PhoneModel()
    fields.put(model, document.model)
    model.save()
    return model


def _services(names: tuple[str, ...], taking: _Taking) -> list[PhoneService]:
    found = {service.name: service for service in PhoneService.objects.filter(name__in=names)}
    for name in names:
        if name not in found:
            taking.missing("service", name)
    return list(found.values())


def _lines(document: ProfileDocument, profile: DeviceProfile, taking: _Taking) -> None:
    forwarded = forwards.taken(profile)  # a setting of its own, which the lines' being made anew must not end
    profile.lines.all().delete()
    for each in document.lines:
        number, css = _number(each.number, taking), _space(each.css, taking)
        line = Line(profile=profile, directory_number=number, css=css)
        fields.put(line, each.fields)
        line.save()
    forwards.put(profile, forwarded)


def _buttons(document: ProfileDocument, profile: DeviceProfile, taking: _Taking) -> None:
    profile.buttons.all().delete()
    for each in document.buttons:
        service = PhoneService.objects.filter(name=each.service).first() if each.service else None
        if each.service and service is None:
            taking.missing("service", each.service)
            continue
        button = Button(profile=profile, service=service)
        fields.put(button, each.fields)
        button.save()


def _number(wanted: Number, taking: _Taking) -> DirectoryNumber:
    own = DirectoryNumber.objects.filter(pattern=wanted.digits, replica__isnull=True).first()
    if own is not None:
        raise CannotTakeOver(f"{_('a number of this cluster')}: {wanted.digits}")
    number, is_new = DirectoryNumber.objects.get_or_create(
        pattern=wanted.digits, partition=_partition(wanted.partition, taking)
    )
    ReplicaNumber.objects.get_or_create(number=number, defaults={"origin": taking.replica.origin})
    if is_new:  # it is not this cluster's to say
        clusters.append("number", number.pattern, None, taking.replica.changed_at)
    return number


def _partition(name: str, taking: _Taking) -> Partition:
    standing = Partition.objects.filter(name=name).first()
    if standing is not None:
        return standing
    taking.missing("partition", name)
    # Numbers of roaming users whose partition is missing here; no calling search space has it.
    return Partition.objects.get_or_create(name=UNREACHED)[0]


def _space(name: str, taking: _Taking) -> CallingSearchSpace | None:
    if not name:
        return None
    standing = CallingSearchSpace.objects.filter(name=name).first()
    if standing is not None:
        return standing
    taking.missing("calling search space", name)
    return default_space()


def let_go(replica: Replica, now: datetime) -> None:
    """Remove a user who is no super user any more: sessions here end, then everything that was taken over goes."""
    account = replica.account
    if account is not None:
        mobility.end_at_once(account.user_id, By(replica.cluster, Way.ADMINISTRATOR), now)
        profiles = [row.profile for row in replica.profiles.select_related("profile")]
        mobility.delete_account(account)
        for profile in profiles:
            _drop_profile(profile)
        ledger.record(at=now, action="super_user.removed", actor=replica.cluster, user_id=replica.user_id)
    origin = replica.origin
    replica.delete()
    _drop_unused_numbers(origin)


def _drop_profile(profile: DeviceProfile) -> None:
    ControlledProfile.objects.filter(profile=profile).delete()
    mobility.delete_profile(profile)


def _drop_unused_numbers(origin: str) -> None:
    unused = DirectoryNumber.objects.filter(replica__origin=origin, lines__isnull=True, primary_for__isnull=True)
    unused.delete()


__all__ = ["CannotTakeOver", "ValidationError", "let_go", "take_over"]
