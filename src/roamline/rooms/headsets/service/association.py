"""Whose a headset is: associating and dissociating, by whatever way (HS-1, HS-2)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets.models import MOST_HEADSETS, Association, Headset, Skip
from roamline.rooms.headsets.rules.terms import Notice
from roamline.rooms.headsets.serials import clean, fold
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import Phone


class Objection(enum.StrEnum):
    """Why a headset is not associated or dissociated; the value is the rule that it breaks."""

    BAD_SERIAL = _("a serial number has 1 to 50 printable characters")
    UNKNOWN_USER = _("no end user has this id")
    TOO_MANY = _("a user has at most 15 headsets")
    OWNED_BY_ANOTHER = _("a headset belongs to one user: dissociate it first")
    ALREADY_THEIRS = _("the headset is associated with this user already")
    NOT_THEIRS = _("the headset is not associated with this user")


_NOTICES = {
    Objection.TOO_MANY: Notice.TOO_MANY_HEADSETS,
    Objection.OWNED_BY_ANOTHER: Notice.OWNED_BY_ANOTHER,
    Objection.ALREADY_THEIRS: Notice.ALREADY_ASSOCIATED,
}


@dataclass(frozen=True, slots=True)
class NotAssociated:
    """A refusal. ``owner`` is for those only who may see users."""

    objection: Objection
    owner: str = ""

    @property
    def notice(self) -> Notice:
        """What a phone says."""
        return _NOTICES.get(self.objection, Notice.ALREADY_ASSOCIATED)


@dataclass(frozen=True, slots=True)
class Associated:
    """A headset has its owner."""

    serial: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Dissociated:
    """A headset belongs to nobody any more."""

    serial: str
    user_id: str


def associate(
    serial: str, user_id: str, *, actor: str, way: str, source: str = "", device: str = "", now: datetime
) -> Associated | NotAssociated:
    """Associate a headset with a user (HS-2); a serial number that nobody reported yet enters the inventory.

    What else happens: skips of that headset end (HS-24); the audit has it. Two that act at once cannot give a user a
    16th headset or a headset a second owner: the database refuses, and the second is told so.
    """
    cleaned = clean(serial)
    if cleaned is None:
        return NotAssociated(Objection.BAD_SERIAL)
    found = directory.by_user_id(user_id)
    if not found or found[0].kind != Account.END:
        return NotAssociated(Objection.UNKNOWN_USER)
    try:
        with transaction.atomic():
            directory.lock(found[0].id)
            outcome = _associate(cleaned, found[0].id, user_id, now)
            if isinstance(outcome, Associated):
                ledger.record(at=now, action="headset.associated", actor=actor, way=way, source=source,
                              user_id=user_id, device=device, subject=outcome.serial)  # fmt: skip
            return outcome
    except IntegrityError:
        return _who_was_quicker(cleaned, user_id)


def associate_on_phone(
    serial: str, user_id: str, *, device: str, source: str, now: datetime
) -> Associated | NotAssociated:
    """Associate a headset that is connected to a phone, with the user who gave id and PIN there (HS-21)."""
    known = Headset.objects.filter(folded_serial=fold(serial)).values_list("serial", flat=True).first()
    return associate(known or serial, user_id, actor=user_id, way="phone", source=source, device=device, now=now)


def _associate(serial: str, account_id: int, user_id: str, now: datetime) -> Associated | NotAssociated:
    headset = Headset.objects.filter(folded_serial=fold(serial)).first()
    if headset is None:
        headset = Headset.objects.create(serial=serial)
    owner = Association.objects.filter(headset=headset).values_list("account__user_id", flat=True).first()
    if owner is not None:
        return _objection(owner, user_id)
    taken = set(Association.objects.filter(account_id=account_id).values_list("slot", flat=True))
    slot = free_slot(taken)
    if slot is None:
        return NotAssociated(Objection.TOO_MANY)
    Association.objects.create(account_id=account_id, headset=headset, slot=slot, since=now)
    Skip.objects.filter(headset=headset).delete()
    return Associated(headset.serial, user_id)


def _objection(owner: str, user_id: str) -> NotAssociated:
    return NotAssociated(Objection.ALREADY_THEIRS if owner == user_id else Objection.OWNED_BY_ANOTHER, owner)


def _who_was_quicker(serial: str, user_id: str) -> NotAssociated:
    owner = Association.objects.filter(headset__folded_serial=fold(serial)).values_list("account__user_id", flat=True)
    return _objection(owner[0], user_id) if owner else NotAssociated(Objection.TOO_MANY)


def free_slot(taken: set[int]) -> int | None:
    """The lowest of a user's 15 places that is free."""
    return next((slot for slot in range(1, MOST_HEADSETS + 1) if slot not in taken), None)


def dissociate(
    serial: str, *, actor: str, way: str, source: str = "", user_id: str | None = None, now: datetime
) -> Dissociated | NotAssociated:
    """Take a headset from its owner; with ``user_id`` only when that user is the owner. Its record stays."""
    with transaction.atomic():
        found = Association.objects.select_related("account", "headset").filter(headset__folded_serial=fold(serial))
        association = found.first()
        if association is None:
            return NotAssociated(Objection.NOT_THEIRS)
        owner = association.account.user_id
        if user_id is not None and owner != user_id:
            return NotAssociated(Objection.NOT_THEIRS, owner)
        association.delete()
        ledger.record(at=now, action="headset.dissociated", actor=actor, way=way, source=source, user_id=owner,
                      subject=association.headset.serial)  # fmt: skip
    return Dissociated(association.headset.serial, owner)


def add_headset(serial: str, *, actor: str, way: str, source: str = "", now: datetime) -> Headset | NotAssociated:
    """Enter a headset that belongs to nobody into the inventory (HS-4); one that is there is returned as it is."""
    cleaned = clean(serial)
    if cleaned is None:
        return NotAssociated(Objection.BAD_SERIAL)
    with transaction.atomic():
        headset, is_new = Headset.objects.get_or_create(folded_serial=fold(cleaned), defaults={"serial": cleaned})
        if is_new:
            ledger.record(at=now, action="headset.added", actor=actor, way=way, source=source, subject=cleaned)
    return headset


def clear_skip(phone: Phone, headset: Headset, *, actor: str, way: str, now: datetime) -> bool:
    """Let a phone ask again whose a headset is (HS-24); whether it was not to."""
    with transaction.atomic():
        count, _by_model = Skip.objects.filter(phone=phone, headset=headset).delete()
        if count:
            ledger.record(at=now, action="headset.skip_cleared", actor=actor, way=way, device=phone.name,
                          subject=headset.serial)  # fmt: skip
    return bool(count)
