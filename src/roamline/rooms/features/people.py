"""Who is at a phone: whom its feature services speak to."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.rooms.directory.models import Account, PhoneOwner
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone


@dataclass(frozen=True, slots=True)
class AtPhone:
    """A phone, the profile that it runs, and whose it is now: who is logged in, else its owner; None for nobody."""

    phone_id: int
    device: str
    profile_id: int
    account_id: int | None
    user_id: str


def at_phone(device: str) -> AtPhone | None:
    """Who is at a phone, by its name ignoring case; None for an unknown phone."""
    phone = Phone.objects.filter(folded_name=device.lower()).first()
    if phone is None:
        return None
    account = _account_at(phone)
    return AtPhone(
        phone.pk, phone.name, phone.current_profile_id, account.pk if account else None,
        account.user_id if account else "",
    )  # fmt: skip


def _account_at(phone: Phone) -> Account | None:
    session = LoginSession.objects.filter(phone=phone, ended_at__isnull=True).select_related("account").first()
    if session is not None:
        return session.account
    ownership = PhoneOwner.objects.filter(phone=phone).select_related("account").first()
    return ownership.account if ownership else None
