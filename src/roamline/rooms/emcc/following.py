"""What happens to EMCC devices here, and the visited clusters must learn: told until they have heard (RO-30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from roamline.rooms.emcc import stays, talking
from roamline.rooms.emcc.devices import PREFIX, Use
from roamline.rooms.emcc.home import content_of
from roamline.rooms.emcc.models import Stay
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.service import SessionFact
from roamline.rooms.mobility.store import LockedPhone
from roamline.wires.emcc.messages import Changed, Ended

TELL_ENDED, TELL_CHANGED = "emcc.tell_ended", "emcc.tell_changed"
LOOK_AGAIN_SECONDS = 5.0
HELD_SECONDS = 20


def note_sessions(facts: Sequence[SessionFact], now: datetime) -> bool:
    """Log-ins and log-outs, in their transaction: those on EMCC devices begin and end stays."""
    there = {fact.device: fact for fact in facts if may_be_emcc_device(fact.device)}
    if not there:
        return True
    for stay in Stay.objects.filter(phone__name__in=list(there), ended_at__isnull=True).select_related("phone"):
        fact = there[stay.phone.name if stay.phone else ""]
        if fact.began:
            stays.grant(stay.phone_id or 0, fact.user_id, fact.profile_id)
        else:
            stays.give_back(stay, fact.way, now)
            ledger.ask_for_effect(TELL_ENDED, stay.session, 0, now)
    return True


def note_reconfigured(phones: Sequence[LockedPhone], now: datetime) -> None:
    """New configurations, in their transaction: of EMCC devices in use the visited cluster is told."""
    versions = {phone.id: phone.version for phone in phones if may_be_emcc_device(phone.name)}
    if not versions:
        return
    for stay in Stay.objects.filter(phone__in=list(versions), ended_at__isnull=True, granted=True):
        ledger.ask_for_effect(TELL_CHANGED, stay.session, versions[stay.phone_id or 0], now)


def may_be_emcc_device(name: str) -> bool:
    """Whether a phone can be an EMCC device by its name: so log-ins on all others cost nothing more."""
    return name.upper().startswith(PREFIX)


def is_held(device: str) -> bool:
    """Whether a phone is told nothing yet, because the visited cluster must know first what it will serve to it."""
    if not may_be_emcc_device(device):
        return False
    stay = Stay.objects.filter(phone__name=device).select_related("phone").order_by("-id").first()
    if stay is None or stay.phone is None:
        return False
    if stay.ended_at is not None:
        return not stay.is_told and (datetime.now(stay.ended_at.tzinfo) - stay.ended_at).total_seconds() < HELD_SECONDS
    return stay.granted and 0 < stay.told_version < stay.phone.configuration_version


@ledger.on_effect(TELL_ENDED)
def tell_ended(session: str, _version: int, _payload: dict[str, Any], now: datetime) -> None:
    """Tell the visited cluster that a session is over; tried until it has heard."""
    stay = Stay.objects.filter(session=session, is_told=False).first()
    if stay is None or stay.ended_at is None:
        return
    _ask(stay, Ended(session, stay.ended_way), now)
    Stay.objects.filter(pk=stay.pk).update(is_told=True)


@ledger.on_effect(TELL_CHANGED)
def tell_changed(session: str, _version: int, _payload: dict[str, Any], now: datetime) -> None:
    """Tell the visited cluster what its phone has to run from now on."""
    stay = Stay.objects.filter(session=session, ended_at__isnull=True).select_related("phone").first()
    if stay is None or stay.phone is None or stay.told_version >= stay.phone.configuration_version:
        return
    content = content_of(stay)
    _ask(stay, Changed(session, content), now)
    Stay.objects.filter(pk=stay.pk).update(told_version=content.version)


def _ask(stay: Stay, question: Ended | Changed, now: datetime) -> None:
    try:
        talking.ask(stay.origin, question, now)
    except talking.NotReached as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence


def uses() -> dict[str, Use]:
    """Which EMCC devices are used now, and by whom, by device name."""
    standing = Stay.objects.filter(ended_at__isnull=True, granted=True).select_related("phone")
    return {
        stay.phone.name: Use(stay.user_id, stay.visited_phone, stay.cluster, stay.began_at)
        for stay in standing
        if stay.phone is not None
    }
