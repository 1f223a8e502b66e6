"""What follows when a key of the network came or went: PINs are sealed anew, calls are proved by another secret."""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction

from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.roaming import away, composing, syncing, whereabouts
from roamline.rooms.roaming.models import RoamingSettings

CALL_USER, CALL_REALM = "cluster", "roamline-clusters"
"""As whom clusters authenticate calls to each other, by a secret that follows from the network's key (RO-40)."""


def key_changed(now: datetime) -> None:
    """A key of the network came, or went: what travels sealed is sealed anew with the newest, in one transaction."""
    accounts = super_users_of_all()
    directory.lock_all([account.pk for account in accounts])
    if clusters.network_key():
        syncing.publish_all(now)
    for account in accounts:
        away.tell_pin_anew(account, now)
        away.adopt(account, now)
        whereabouts.tell_standing(account, now)
    use_call_secrets(now)


def use_call_secrets(now: datetime) -> None:  # noqa: ARG001 - listeners are told when
    """Have calls between clusters proved by the key that every cluster has, and taken by each that is held."""
    settings = RoamingSettings.objects.first() or RoamingSettings()
    settings.call_ha1, settings.accepted_ha1s = _call_secrets()
    settings.save()


def _call_secrets() -> tuple[str, str]:
    """The HA1 to call others with, and those that they may call with."""
    in_use = clusters.key_in_use() if clusters.is_joined() else None
    return (call_ha1(in_use), ",".join(map(call_ha1, clusters.network_keys()))) if in_use else ("", "")


def super_users_of_all() -> list[Account]:
    """Everybody here who may log in in every cluster, this cluster's own and the others'."""
    return [*composing.own_super_users(), *Account.objects.filter(replica__isnull=False)]


@transaction.atomic
def look_at_key(now: datetime) -> bool:
    """Whether the network's keys are others than those last seen, and what follows from it is done."""
    standing = RoamingSettings.objects.values_list("call_ha1", "accepted_ha1s").first() or ("", "")
    is_news = standing != _call_secrets()
    if is_news:
        key_changed(now)
    return is_news


def call_ha1(network_key: bytes) -> str:
    """The digest HA1 of calls between clusters."""
    info = b"roamline/calls between clusters"
    secret = HKDF(SHA256(), 24, salt=None, info=info).derive(network_key).hex()
    return hashlib.md5(f"{CALL_USER}:{CALL_REALM}:{secret}".encode(), usedforsecurity=False).hexdigest()
