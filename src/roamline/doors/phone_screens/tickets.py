"""A ticket stands for a PIN that was right, while its owner chooses a profile: the PIN is in no link (S-1).

Our own design. Valid for two minutes, on one device, for one user with that very PIN.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from django.conf import settings

from roamline.rooms.directory import store as directory
from roamline.rooms.directory.store import KnownAccount

VALID_SECONDS = 120


def issue(user_id: str, device: str, now: datetime) -> str:
    """A ticket for a user on a device; empty when the user is gone."""
    found = directory.by_user_id(user_id)
    if not found:
        return ""
    until = int(now.timestamp()) + VALID_SECONDS
    return f"{found[0].id}.{until}.{_mark(found[0], device, until)}"


def redeem(ticket: str, device: str, now: datetime) -> str | None:
    """The user id that a ticket stands for on a device; None when it is false, too old or the PIN has changed."""
    account_id, _, rest = ticket.partition(".")
    until, _, mark = rest.partition(".")
    if not (_is_number(account_id) and _is_number(until)) or int(until) < now.timestamp():
        return None
    account = directory.by_id(int(account_id))
    if account is None or not hmac.compare_digest(mark, _mark(account, device, int(until))):
        return None
    return account.user_id


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _mark(account: KnownAccount, device: str, until: int) -> str:
    text = f"{account.id}\0{account.pin_verifier}\0{device.lower()}\0{until}"
    mac = hmac.digest(f"ticket:{settings.SECRET_KEY}".encode(), text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:18]).decode()
