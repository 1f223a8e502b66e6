"""Telling phones that what they run has changed, without ending anybody's session.

A phone gets a new configuration version and a new secret, the previous one kept, and an effect that restarts it: the
same as at a log-in, but for the profile, which stays. A few phones are told in the transaction of the change; many
are told by stored deadlines, a batch each, so that changing a device pool of thousands does not hold up log-ins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.service.common import Run, run_profiles
from roamline.rooms.phones.models import Phone

BATCH = 20
"""How many phones one transaction reconfigures."""
RECONFIGURE_BATCH = "phones.reconfigure"
APPLY_CONFIG = "apply-config"
"""The action, and the kind of effect, of having phones compare their configuration with the newest."""

FileStamps = Callable[[str], tuple[str, str] | None]

_stamps: list[FileStamps] = []


def ask_for_file_stamps(question: FileStamps) -> None:
    """Register who knows the version stamps of the files that a device would fetch now."""
    _stamps.append(question)


def file_stamps_of(device: str) -> tuple[str, str] | None:
    """The stamps of a phone's configuration file and dial template; None for a phone that fetches none."""
    return next((found for question in _stamps if (found := question(device))), None)


def reconfigure_phones_running(profile_ids: Iterable[int], actor: str, now: datetime) -> int:
    """Have every phone that runs one of these profiles right now fetch its configuration anew; how many.

    For what else happens see :func:`reconfigure_phones`.
    """
    phones = Phone.objects.filter(current_profile__in=list(profile_ids)).order_by("pk")
    return reconfigure_phones(phones.values_list("pk", flat=True), actor, now)


def reconfigure_phones(phone_ids: Iterable[int], actor: str, now: datetime, *, action: str = "restart") -> int:
    """Have these phones fetch their configuration anew, their sessions untouched; how many.

    What else happens: each gets a new configuration version and SIP secret and is told to restart (or reset:
    ``action``); one that nobody is logged in on runs what it runs when logged out, as that is now. With APPLY_CONFIG
    nothing changes, and a phone restarts only if its file is not the newest. Phones beyond the first :data:`BATCH`
    follow by deadline, each batch in a transaction of its own.
    """
    ids = sorted(set(phone_ids))
    for phone_id in ids[:BATCH]:
        _reconfigure(phone_id, actor, now, action)
    for start in range(BATCH, len(ids), BATCH):
        payload = {"phones": ids[start : start + BATCH], "actor": actor, "action": action}
        ledger.schedule(RECONFIGURE_BATCH, str(uuid4()), now, payload)
    return len(ids)


@ledger.on_deadline(RECONFIGURE_BATCH)
def reconfigure_batch(_subject: str, payload: dict[str, object], now: datetime) -> None:
    """Reconfigure the phones of one batch, in the deadline's transaction."""
    phones = payload["phones"]
    for phone_id in phones if isinstance(phones, list) else []:
        _reconfigure(int(phone_id), str(payload["actor"]), now, str(payload["action"]))


@transaction.atomic
def _reconfigure(phone_id: int, actor: str, now: datetime, action: str) -> None:
    if action == APPLY_CONFIG:
        _apply(phone_id, actor, now)
        return
    phone = store.lock_phone(phone_id)
    if phone is None:
        return
    if store.session_on_phone(phone_id):
        profile_id = Phone.objects.values_list("current_profile_id", flat=True).get(pk=phone_id)
    else:
        profile_id = phone.logout_profile_id or phone.own_profile_id
    run_profiles([Run(phone, profile_id, action)], now)
    ledger.record(at=now, action="phone.reconfigured", actor=actor, device=phone.name, details={"told": action})


def _apply(phone_id: int, actor: str, now: datetime) -> None:
    row = Phone.objects.values_list("name", "configuration_version").filter(pk=phone_id).first()
    if row is not None:
        ledger.ask_for_effect(APPLY_CONFIG, row[0], row[1], now)
        ledger.record(at=now, action="phone.reconfigured", actor=actor, device=row[0], details={"told": APPLY_CONFIG})
