"""What becomes of changes to a phone's own settings while somebody is logged in on it (EM-35).

With *Synchronization Between Auto Device Profile and Phone Configuration* they are simply the phone's. Without it the
phone gets back, at the log-out, what it was before that log-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.service.terms import By
from roamline.rooms.parameters.rules import PROFILE_SYNCHRONIZATION
from roamline.rooms.parameters.service import Parameters
from roamline.rooms.phones import own_settings


def remember(phone: store.LockedPhone, in_force: Parameters, now: datetime) -> None:
    """At a log-in: keep the phone's own settings where they are to come back."""
    if not in_force.is_true(PROFILE_SYNCHRONIZATION):
        own_settings.keep(phone.id, phone.own_profile_id, now)


def restore(endings: Sequence[tuple[store.LockedPhone, By]], in_force: Parameters, now: datetime) -> None:
    """At a log-out: give phones back what was kept, unless the parameter has been turned on meanwhile; audited."""
    kept = own_settings.drop([phone.id for phone, _by in endings])
    if in_force.is_true(PROFILE_SYNCHRONIZATION):
        return
    for phone, by in endings:
        if phone.id in kept and own_settings.give_back(phone.own_profile_id, kept[phone.id]):
            ledger.record(at=now, action="phone.settings_restored", actor=by.actor, way=by.way, device=phone.name)
