"""Subscribing many phones and device profiles to phone services at once, or unsubscribing them (EM-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Author, Names
from roamline.rooms.mobility.service.reconfigure import reconfigure_phones_running
from roamline.rooms.phones.models import DeviceProfile, Phone, PhoneService

BATCH = 200
"""How many nouns one transaction changes: a site of thousands does not hold up log-ins."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """How many phones or profiles were changed, and how many phones fetch their configuration anew."""

    changed: int
    told: int


def subscribe_phones(
    phones: Iterable[Phone], add: Collection[PhoneService], remove: Collection[PhoneService], author: Author,
    now: datetime,
) -> Subscribed:  # fmt: skip
    """Add and remove services in the phones' own settings; each phone that this changes has its audit entry."""
    return _in_batches([(phone, phone.own_profile_id) for phone in phones], add, remove, author, now)


def subscribe_profiles(
    profiles: Iterable[DeviceProfile], add: Collection[PhoneService], remove: Collection[PhoneService], author: Author,
    now: datetime,
) -> Subscribed:  # fmt: skip
    """Add and remove services of device profiles; each profile that this changes has its audit entry."""
    return _in_batches([(profile, profile.pk) for profile in profiles], add, remove, author, now)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What subscribing would do: how many nouns change, which phones then fetch their configuration anew."""

    changed: int
    phones: tuple[str, ...]
    in_use: int


def foresee(profiles: Collection[int], add: Collection[PhoneService], remove: Collection[PhoneService]) -> Foreseen:
    """What adding and removing services in these profiles (keys) would do now; nothing is changed."""
    added, removed = {each.pk for each in add}, {each.pk for each in remove}
    changed = []
    for start in range(0, len(profiles), BATCH):
        some = list(profiles)[start : start + BATCH]
        held = _held(some)
        changed += [each for each in some if (held.get(each, set()) | added) - removed != held.get(each, set())]
    names: list[str] = []
    in_use = 0
    for start in range(0, len(changed), BATCH):
        running = Phone.objects.filter(current_profile__in=changed[start : start + BATCH])
        names += running.order_by("name").values_list("name", flat=True)
        in_use += running.exclude(current_profile=F("own_profile")).count()
    return Foreseen(len(changed), tuple(names), in_use)


Noun = Phone | DeviceProfile


def _in_batches(
    nouns: Sequence[tuple[Noun, int]], add: Collection[PhoneService], remove: Collection[PhoneService], author: Author,
    now: datetime,
) -> Subscribed:  # fmt: skip
    changed = told = 0
    for start in range(0, len(nouns), BATCH):
        some = _subscribe(nouns[start : start + BATCH], add, remove, author, now)
        changed, told = changed + some.changed, told + some.told
    return Subscribed(changed, told)


@transaction.atomic
def _subscribe(
    nouns: Sequence[tuple[Noun, int]], add: Collection[PhoneService], remove: Collection[PhoneService], author: Author,
    now: datetime,
) -> Subscribed:  # fmt: skip
    added, removed = {each.pk for each in add}, {each.pk for each in remove}
    names = dict(PhoneService.objects.values_list("pk", "name"))
    held = _held([profile for _, profile in nouns])
    changed: list[int] = []
    for noun, profile in nouns:
        before = held.get(profile, set())
        after = (before | added) - removed
        if after == before:
            continue
        DeviceProfile(pk=profile).services.set(after)
        changes.record_changed(
            noun, _kind(noun), {"services": sorted(names[pk] for pk in before)},
            {"services": sorted(names[pk] for pk in after)}, _names(noun), author, now,
        )  # fmt: skip
        changed.append(profile)
    return Subscribed(len(changed), reconfigure_phones_running(changed, author.name, now) if changed else 0)


def _held(profiles: list[int]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = {}
    through = DeviceProfile.services.through.objects.filter(deviceprofile_id__in=profiles)
    for profile, service in through.values_list("deviceprofile_id", "phoneservice_id"):
        held.setdefault(profile, set()).add(service)
    return held


def _kind(noun: Noun) -> str:
    return "phone" if isinstance(noun, Phone) else "device_profile"


def _names(noun: Noun) -> Names:
    return Names(device=noun.name) if isinstance(noun, Phone) else Names(subject=noun.name)
