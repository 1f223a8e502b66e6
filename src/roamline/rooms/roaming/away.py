"""What a super user changes away from home, and lock-outs: told to all clusters, and adopted by all (RO-13).

A change is noticed by comparing what stands here with what was last told or heard (``KnownSetting``), so it does not
matter which door it came through. Before anything is adopted what changed here is told first, so that of two changes
the later one counts, whichever arrives first.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import structlog

from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory import store as directory
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.verifiers import VerifierUnusable
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import DeviceProfile
from roamline.rooms.roaming import counting, forwards
from roamline.rooms.roaming.counting import refresh
from roamline.rooms.roaming.fields import AWAY_FIELDS
from roamline.rooms.roaming.known import (
    SETTING,
    is_new_here,
    is_told,
    key_of,
    know,
    newest,
    say,
)
from roamline.rooms.roaming.rules import merging

PIN, PROFILE = "pin", "profile"

log = structlog.get_logger(__name__)


def tell_changes(account: Account, now: datetime) -> None:
    """Tell the other clusters what changed here since it was last told, in the caller's transaction."""
    if not clusters.is_joined():
        return
    _tell_pin(account, now)
    counting.tell(account, now)
    for profile in _profiles(account):
        _tell_profile(account, profile, now)
        forwards.tell(account, profile, now)


def adopt(account: Account, now: datetime) -> None:
    """Make what stands here what the clusters' newest statements say, in the caller's transaction."""
    tell_changes(account, now)
    _adopt_pin(account, now)
    counting.adopt(account, now)
    for profile in _profiles(account):
        _adopt_profile(account, profile, now)
        forwards.adopt(account, profile, now)


def tell_pin_anew(account: Account, now: datetime) -> None:
    """The network's key has changed: seal the PIN that counts with the new one, if it was told from here.

    That is no change of the PIN: a newer one that is on its way from elsewhere still counts.
    """
    key, said = key_of(account, PIN), newest(key_of(account, PIN))
    network_key = clusters.network_key()
    if said is None or network_key is None or said.origin != clusters.own_origin() or not account.pin_verifier:
        return
    if is_told(key, _fingerprint_of_pin(account)):
        payload = _pin_payload(account, network_key)
        if payload["sealed"] != (said.payload or {}).get("sealed"):
            clusters.append(SETTING, key, payload | {"since": merging.said_at(said)}, now)


def _profiles(account: Account) -> list[DeviceProfile]:
    return [row.profile for row in account.controlled_profiles.select_related("profile").order_by("position", "id")]


# PIN


def _pin_payload(account: Account, network_key: bytes) -> dict[str, Any]:
    return {
        "sealed": verifiers.seal_for_network(account.pin_verifier, account.uuid, network_key),
        "changed_at": account.pin_changed_at.isoformat() if account.pin_changed_at else None,
        "must_change": account.pin_must_change,
    }


def _fingerprint_of_pin(account: Account) -> str:
    return hashlib.sha256(f"{account.pin_verifier} {account.pin_must_change}".encode()).hexdigest()


def _tell_pin(account: Account, now: datetime) -> None:
    key, network_key = key_of(account, PIN), clusters.network_key()
    fingerprint = _fingerprint_of_pin(account)
    if network_key is None or not account.pin_verifier or is_told(key, fingerprint):
        return
    say(key, _pin_payload(account, network_key), fingerprint, now)


def _adopt_pin(account: Account, now: datetime) -> None:
    key, network_keys = key_of(account, PIN), clusters.network_keys()
    said = newest(key)
    if said is None or said.payload is None or not network_keys:
        return
    sealed, must_change = str(said.payload.get("sealed", "")), said.payload.get("must_change") is True
    try:
        is_same = verifiers.is_same(account.pin_verifier, sealed, account.uuid, network_keys)
        if is_same and account.pin_must_change == must_change:
            return
        verifier = account.pin_verifier if is_same else verifiers.adopt(sealed, account.uuid, network_keys)
    except VerifierUnusable as unusable:
        log.warning("a PIN from another cluster cannot be used", user=account.user_id, reason=str(unusable))
        return
    changed_at = _time(said.payload.get("changed_at")) or now
    policy = directory.credential_policy()
    directory.set_pin(account.pk, verifier, changed_at, must_change=must_change, kept=policy.history + 1)
    refresh(account)
    know(key, _fingerprint_of_pin(account), merging.said_at(said))
    counting.remember(account)
    if not is_same:
        ledger.record(at=now, action="pin.adopted", actor=said.cluster, user_id=account.user_id)


# What stands in profiles


def _tell_profile(account: Account, profile: DeviceProfile, now: datetime) -> None:
    key = key_of(account, f"{PROFILE}:{profile.uuid}")
    values = {name: getattr(profile, name) for name in AWAY_FIELDS}
    fingerprint = json.dumps(values, sort_keys=True)
    if is_told(key, fingerprint):
        return
    if is_new_here(account, key):
        know(key, fingerprint, 0)
    else:
        say(key, values, fingerprint, now)


def _adopt_profile(account: Account, profile: DeviceProfile, now: datetime) -> None:
    key = key_of(account, f"{PROFILE}:{profile.uuid}")
    said = newest(key)
    wanted = {
        name: said.payload[name]
        for name in AWAY_FIELDS
        if said is not None and said.payload and type(said.payload.get(name)) is type(getattr(profile, name))
    }
    if said is None or all(getattr(profile, name) == value for name, value in wanted.items()):
        return
    DeviceProfile.objects.filter(pk=profile.pk).update(**wanted)
    profile.refresh_from_db()
    know(key, json.dumps({name: getattr(profile, name) for name in AWAY_FIELDS}, sort_keys=True), merging.said_at(said))
    mobility.reconfigure_phones_running([profile.pk], "roaming", now)


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
