"""What Cisco phones show of their lines' forwarding of all calls, and that they are to show it anew (EM-32).

A phone forgets it with its configuration, and hears of no change that was made elsewhere unless it is told.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import Forward, Line, Phone
from roamline.rooms.phones.rules import keys_of_lines, keys_of_modules

SHOW_FORWARDS = "phone.forwards"
"""The kind of effect that has a Cisco phone show how the calls of its lines are forwarded."""


def ask_of(phones: QuerySet[Phone], now: datetime) -> None:
    """Have the Cisco phones among these show it, soon after the commit."""
    found = phones.filter(model__registers_once=True).values_list("name", "configuration_version")
    wanted = [ledger.Wanted(SHOW_FORWARDS, name, version, {}) for name, version in found]
    if wanted:
        ledger.ask_for_effects(wanted, now)


def ask_of_profile(profile_id: int, now: datetime) -> None:
    """Have every Cisco phone that runs a profile show it."""
    ask_of(Phone.objects.filter(current_profile_id=profile_id), now)


def shown_on(phone: Phone) -> tuple[str, ...]:
    """Where each line's calls go, in the order of the lines in the phone's file; empty where they ring."""
    own = phone.own_profile
    keys = phone.model.keys + keys_of_modules(own.expansion_module, own.expansion_modules)
    lines = list(
        Line.objects.filter(Q(is_intercom=False) | Q(default_phone=phone), profile_id=phone.current_profile_id)
        .filter(index__lte=phone.model.max_lines)
        .order_by("index")
        .prefetch_related(Prefetch("forwards", Forward.objects.filter(kind=Forward.ALL)))
    )
    placed = zip(keys_of_lines([line.button for line in lines], keys), lines, strict=True)
    in_order = sorted((key, line.pk, line) for key, line in placed if key is not None)
    return tuple(next((each.destination for each in line.forwards.all()), "") for _key, _pk, line in in_order)
