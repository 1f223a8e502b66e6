"""Administrative changes of accounts and access control groups that are more than their rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from roamline.rooms.directory.models import AccessControlGroup, Account, AssociatedPhone, PhoneOwner
from roamline.rooms.directory.rules.credentials import objections_to_pin
from roamline.rooms.directory.rules.roles import ADMINISTRATION
from roamline.rooms.phones.models import Phone


def objections_to_new_pin(account: Account, pin: str) -> list[str]:
    """Why the credential policy refuses a PIN for an account; empty when it does not."""
    extension = account.primary_extension.pattern if account.primary_extension else ""
    return objections_to_pin(pin, account.user_id, extension)


def administrators_left(*, without: Iterable[Account] = (), without_groups: Iterable[AccessControlGroup] = ()) -> int:
    """How many active accounts would still be administrators without these accounts and groups."""
    groups = [
        group.pk
        for group in AccessControlGroup.objects.exclude(pk__in=[g.pk for g in without_groups])
        if ADMINISTRATION in group.roles
    ]
    left = Account.objects.filter(Q(groups__in=groups), is_active=True).exclude(pk__in=[a.pk for a in without])
    return left.distinct().count()


@transaction.atomic
def own(phone: Phone, account: Account | None) -> None:
    """Make an account the owner of a phone and associate them; None takes the phone from its owner."""
    if account is None:
        PhoneOwner.objects.filter(phone=phone).delete()
        return
    PhoneOwner.objects.update_or_create(phone=phone, defaults={"account": account})
    AssociatedPhone.objects.get_or_create(phone=phone, account=account)


def owner_of(phone: Phone) -> Account | None:
    """The account that owns a phone."""
    ownership = PhoneOwner.objects.filter(phone=phone).select_related("account").first()
    return ownership.account if ownership else None
