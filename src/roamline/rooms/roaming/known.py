"""What was last told to, or heard from, the other clusters of a super user's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Received
from roamline.rooms.directory.models import Account
from roamline.rooms.roaming.models import KnownSetting
from roamline.rooms.roaming.rules import merging
from roamline.rooms.roaming.rules.merging import Remembered, Said

SETTING = "super_setting"


def key_of(account: Account, name: str) -> str:
    """The key of a setting's records."""
    return f"{account.uuid}:{name}"


def newest(key: str) -> Received | None:
    """The statement about a setting that counts; none older than what was last told or heard."""
    found = merging.newest(clusters.records(SETTING, key))
    return found if found is not None and merging.said_at(found) >= _known_since(key) else None


def is_told(key: str, fingerprint: str) -> bool:
    """Whether what stands was told or heard, and is still said: in another network, or when the cluster that said it
    is gone, it must be said again.
    """
    return last_known(key) == fingerprint and newest(key) is not None


def say(key: str, payload: dict[str, Any], fingerprint: str, now: datetime) -> None:
    """Tell the other clusters what a setting is; what was told or heard before is no newer than it was."""
    since = _known_since(key) if last_known(key) == fingerprint else 0
    stamp = clusters.append(SETTING, key, payload | ({"since": since} if since else {}), now)
    know(key, fingerprint, since or stamp or 0)


def with_remembered(key: str, name: str) -> list[Said]:
    """What the clusters say of a key, and what one said that is gone since, if that was newer: it goes on to count.

    ``name`` is what the payload of such a statement calls what is remembered.
    """
    statements: list[Said] = list(clusters.records(SETTING, key))
    row = KnownSetting.objects.filter(key=key).first()
    if row is not None and row.since and all(merging.said_at(each) < row.since for each in statements):
        statements.append(Remembered(row.since, {name: row.fingerprint, "since": row.since}))
    return statements


def know(key: str, fingerprint: str, since: int) -> None:
    """Note what was told or heard, and its stamp."""
    KnownSetting.objects.update_or_create(key=key, defaults={"fingerprint": fingerprint, "since": since})


def _known_since(key: str) -> int:
    return KnownSetting.objects.filter(key=key).values_list("since", flat=True).first() or 0


def last_known(key: str) -> str | None:
    """The fingerprint of what was last told or heard."""
    return KnownSetting.objects.filter(key=key).values_list("fingerprint", flat=True).first()


def is_new_here(account: Account, key: str) -> bool:
    """Whether a setting of another cluster's user has never been told or heard: then what stands here says nothing."""
    return not account.home_cluster and not KnownSetting.objects.filter(key=key).exists()
