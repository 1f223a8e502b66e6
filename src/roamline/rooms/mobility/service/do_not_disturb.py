"""Do not disturb, by the key of a phone, by code or in self-care (EM-32).

It is kept in the profile that the phone runs: while somebody is logged in that is theirs, and the phone's own is not
touched. A named logout profile belongs to many phones, so nobody changes it from one of them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service.reconfigure import reconfigure_phones
from roamline.rooms.mobility.service.terms import By
from roamline.rooms.phones.models import DeviceProfile, Phone

SHOW_DO_NOT_DISTURB = "phone.do_not_disturb"
"""The kind of effect that has Cisco phones show what is in force."""


@transaction.atomic
def set_do_not_disturb(profile_id: int, on: bool, by: By, now: datetime, *, device: str = "") -> bool:
    """Turn a profile's do-not-disturb on or off; False when it was so already, or there is no such profile.

    Counts at the next call. Every phone that runs the profile shows it: software phones fetch their configuration
    anew, Cisco phones are told. ``device`` is the phone on which it was done, if it was on one.
    """
    changed = DeviceProfile.objects.filter(pk=profile_id, dnd_enabled=not on).update(
        dnd_enabled=on, revision=F("revision") + 1
    )
    if not changed:
        return False
    profile = DeviceProfile.objects.get(pk=profile_id)
    ledger.record(
        at=now, action="dnd.on" if on else "dnd.off", actor=by.actor, way=by.way, source=by.source,
        user_id=_user_with(profile_id), device=device, subject=profile.name,
    )  # fmt: skip
    running = Phone.objects.filter(current_profile_id=profile_id)
    reconfigure_phones(
        running.filter(model__registers_once=False).values_list("pk", flat=True), by.actor or profile.name, now
    )
    for name, version in running.filter(model__registers_once=True).values_list("name", "configuration_version"):
        ledger.ask_for_effect(SHOW_DO_NOT_DISTURB, name, version, now)
    return True


def set_do_not_disturb_on(device: str, on: bool, by: By, now: datetime) -> bool:
    """The same for what a phone runs now; False also for an unknown phone and for a shared logout profile."""
    phone = Phone.objects.filter(folded_name=device.lower()).first()
    if phone is None or (phone.current_profile_id != phone.own_profile_id and not _is_taken(phone)):
        return False
    return set_do_not_disturb(phone.current_profile_id, on, by, now, device=phone.name)


def _is_taken(phone: Phone) -> bool:
    return LoginSession.objects.filter(phone=phone, ended_at__isnull=True).exists()


def _user_with(profile_id: int) -> str:
    sessions = LoginSession.objects.filter(profile_id=profile_id, ended_at__isnull=True)
    return sessions.values_list("account__user_id", flat=True).first() or ""
