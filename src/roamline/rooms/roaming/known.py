"""What was last told to, or heard from, the other clusters of a super user's settings."""

from __future__ import annotations

from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory.models import Account
from roamline.rooms.roaming.models import KnownSetting

SETTING = "super_setting"


def key_of(account: Account, name: str) -> str:
    """The key of a setting's records."""
    return f"{account.uuid}:{name}"


def is_told(key: str, fingerprint: str) -> bool:
    """Whether what stands was told or heard, and is still said: in another network it must be said again."""
    is_known = KnownSetting.objects.filter(key=key, fingerprint=fingerprint).exists()
    return is_known and bool(clusters.records(SETTING, key))


def know(key: str, fingerprint: str) -> None:
    """Note what was told or heard."""
    KnownSetting.objects.update_or_create(key=key, defaults={"fingerprint": fingerprint})


def last_known(key: str) -> str | None:
    """The fingerprint of what was last told or heard."""
    return KnownSetting.objects.filter(key=key).values_list("fingerprint", flat=True).first()


def is_new_here(account: Account, key: str) -> bool:
    """Whether a setting of another cluster's user has never been told or heard: then what stands here says nothing."""
    return not account.home_cluster and not KnownSetting.objects.filter(key=key).exists()
