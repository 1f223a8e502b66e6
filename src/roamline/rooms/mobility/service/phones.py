"""What is asked and told about phones: who is on them, and that they registered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from roamline.rooms.mobility import store
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.service import confirmation
from roamline.rooms.mobility.service.common import as_database_error, phone_known_as
from roamline.rooms.phones import forwards_shown
from roamline.rooms.phones.models import Phone


@as_database_error
def phone_facts(device: str) -> PhoneFacts | None:
    """What is known of a phone, by its name ignoring case."""
    return phone_known_as(device)


def phone_registered(*, device: str, version: int, now: datetime) -> bool:
    """A phone registered with the secret of a version: its session is confirmed, its previous secret is void.

    A Cisco phone, which forgot it, is told how its lines' calls are forwarded. Called for every REGISTER, so it only
    writes when there is something to confirm; whether there was.
    """
    if not store.is_unconfirmed(device, version):
        return False
    with transaction.atomic():
        is_new = store.confirm(device, version, now)
        if is_new:
            confirmation.confirmed(device)
            forwards_shown.ask_of(Phone.objects.filter(name=device), now)
    return is_new


def users_on(devices: list[str]) -> dict[str, store.DeviceUser]:
    """Who is, and who was last, on each device; by folded name, unknown devices are missing."""
    return store.users_on(devices)


def devices_of(user_ids: list[str]) -> dict[str, tuple[str, ...]]:
    """The devices that users are logged in on; unknown users are missing."""
    return store.devices_of(user_ids)


def profiles_of_users(user_ids: list[str]) -> dict[str, tuple[tuple[str, bool], ...]]:
    """The profiles that users control, each with whether it is the default; unknown users are missing."""
    return store.profiles_of_users(user_ids)
