"""The inventory of headsets: status, summaries, and why a headset's owner may not sign in on a phone (HS-4, HS-15)."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from roamline.rooms.headsets import store
from roamline.rooms.headsets.models import Association, Headset
from roamline.rooms.headsets.rules.conditions import Finding, findings
from roamline.rooms.headsets.serials import fold
from roamline.rooms.headsets.world import pair_facts
from roamline.rooms.parameters import service as parameters

ACTIVE_FOR = timedelta(days=30)


class Status(enum.StrEnum):
    """What has become of a headset."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNASSIGNED = "unassigned"


def status_of(headset: Headset, now: datetime) -> Status:
    """Unassigned without an owner, else active when it was connected within 30 days, else inactive."""
    if not hasattr(headset, "association"):
        return Status.UNASSIGNED
    recent = headset.connected or (headset.last_seen is not None and headset.last_seen >= now - ACTIVE_FOR)
    return Status.ACTIVE if recent else Status.INACTIVE


def with_status(status: Status, now: datetime) -> QuerySet[Headset]:
    """The headsets of a status."""
    recent = Q(connected=True) | Q(last_seen__gte=now - ACTIVE_FOR)
    owned = Headset.objects.filter(association__isnull=False)
    if status is Status.UNASSIGNED:
        return Headset.objects.filter(association__isnull=True)
    if status is Status.ACTIVE:
        return owned.filter(recent)
    return owned.filter(Q(last_seen=None) | Q(last_seen__lt=now - ACTIVE_FOR), connected=False)


def search(text: str) -> QuerySet[Headset]:
    """Headsets whose serial number, model, vendor, owner or last phone contains a text, ignoring case."""
    return Headset.objects.filter(
        Q(folded_serial__contains=fold(text))
        | Q(model__icontains=text)
        | Q(vendor__icontains=text)
        | Q(association__account__user_id__icontains=text)
        | Q(last_phone__name__icontains=text)
    )


def count_by_status(now: datetime) -> dict[Status, int]:
    """How many headsets each status has."""
    owned, active = Association.objects.count(), with_status(Status.ACTIVE, now).count()
    unassigned = Headset.objects.count() - owned
    return {Status.ACTIVE: active, Status.INACTIVE: owned - active, Status.UNASSIGNED: unassigned}


def count_by_model() -> dict[str, int]:
    """How many headsets of each model there are, the most frequent first; an empty text stands for unknown."""
    rows = Headset.objects.values("model").annotate(count=Count("pk")).order_by("-count", "model")
    return {row["model"]: row["count"] for row in rows}


def explain_headset(device: str, serial: str) -> tuple[Finding, ...] | None:
    """Every condition of a sign-in by a headset on a phone, with what fails and the remedy; None for no such phone.

    A serial number that nobody knows, or an empty one, explains the phone alone (HS-15).
    """
    phone = store.phone_by_name(device)
    if phone is None:
        return None
    folded = fold(serial)
    headset = store.headsets_on(phone.id, [folded]).get(folded) if folded else None
    return tuple(findings(pair_facts(phone, headset, parameters.now_in_force())))
