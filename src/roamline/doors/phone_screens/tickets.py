"""A ticket stands for a PIN that was right, while its owner chooses a profile or a new PIN: it is in no link (S-1).

Our own design. Valid for two minutes, on one device, for one profile of one user with that very PIN.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from roamline.rooms.directory import store as directory
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.mobility.service import profiles_of_users

VALID_SECONDS = 120
CHANGE = "\0change"
"""What a ticket to change a PIN is signed for, in place of a profile's name."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whom a ticket lets log in, and with which profile."""

    user_id: str
    profile: str


def issue(user_id: str, device: str, profiles: Sequence[str], now: datetime) -> tuple[str, ...]:
    """A ticket for each profile of a user, in their order; none when the user is gone.

    A ticket is short (the profile is signed, not spelled out): a phone takes URLs of 256 characters.
    """
    found = directory.by_user_id(user_id)
    until = int(now.timestamp()) + VALID_SECONDS
    return tuple(
        f"{account.id}.{until}.{position}.{_mark(account, device, until, name)}"
        for account in found
        for position, name in enumerate(profiles)
    )


def redeem(ticket: str, device: str, now: datetime) -> Redeemed | None:
    """What a ticket stands for on a device; None when it is false, too old, or the PIN or the profiles changed."""
    account_id, until, position, mark = [*ticket.split("."), "", "", ""][:4]
    if not (_is_number(account_id) and _is_number(until) and _is_number(position)) or int(until) < now.timestamp():
        return None
    account = directory.by_id(int(account_id))
    profiles = profiles_of_users([account.user_id]).get(account.user_id, ()) if account else ()
    if account is None or int(position) >= len(profiles):
        return None
    name = profiles[int(position)][0]
    if not hmac.compare_digest(mark.encode(), _mark(account, device, int(until), name).encode()):
        return None
    return Redeemed(account.user_id, name)


def issue_for_change(user_id: str, device: str, now: datetime) -> str:
    """A ticket to change the PIN that was just right; empty when the user is gone."""
    until = int(now.timestamp()) + VALID_SECONDS
    return next((f"{a.id}.{until}.{_mark(a, device, until, CHANGE)}" for a in directory.by_user_id(user_id)), "")


def redeem_for_change(ticket: str, device: str, now: datetime) -> KnownAccount | None:
    """Whose PIN a ticket lets change; None when it is false, too old, or used: a changed PIN makes it void."""
    account_id, until, mark = [*ticket.split("."), "", ""][:3]
    if not (_is_number(account_id) and _is_number(until)) or int(until) < now.timestamp():
        return None
    account = directory.by_id(int(account_id))
    if account is None or not hmac.compare_digest(mark.encode(), _mark(account, device, int(until), CHANGE).encode()):
        return None
    return account


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _mark(account: KnownAccount, device: str, until: int, profile: str) -> str:
    text = f"{account.id}\0{account.pin_verifier}\0{device.lower()}\0{until}\0{profile}"
    mac = hmac.digest(f"ticket:{settings.SECRET_KEY}".encode(), text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:18]).decode()
