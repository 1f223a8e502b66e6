"""Which browser may be which phone.

A browser is paired with a software phone by the phone's device token, or by an administrator who is logged in; it then
keeps a signed cookie for that phone alone, which a new device token voids. On a demo site a browser on the same
machine needs no pairing. The token itself is in no page and no cookie.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from roamline.kernel.secret import Secret
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.roles import ADMINISTRATION
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.configuration import phone_named
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Phone

COOKIE = "roamline_phone"
SALT = "roamline.web_phone.pairing"
PAIRED_SECONDS = 30 * 24 * 3600
LONGEST_TOKEN = 128
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR")


def software_phone(device: str) -> Phone | None:
    """The software phone of that name, ignoring case; None for any other phone."""
    phone = phone_named(device) if device.isprintable() else None
    return phone if phone is not None and phone.model.is_software else None


def paired_phone(request: HttpRequest, device: str) -> Phone | None:
    """The software phone that this browser may be, under the name in the address; None when it is not paired."""
    phone = software_phone(device)
    if phone is not None and (has_cookie_of(request, phone) or is_demo_visitor(request)):
        return phone
    return None


def has_cookie_of(request: HttpRequest, phone: Phone) -> bool:
    """Whether the browser keeps a pairing with this phone that its present device token has not voided."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=PAIRED_SECONDS)
    except signing.BadSignature:
        return False
    return bool(kept == _pairing_of(phone))


def is_demo_visitor(request: HttpRequest) -> bool:
    """Whether this is a demo site, met by a browser on the same machine under one of the machine's own names.

    The name matters: a foreign page can have its own name point to this machine, but not change its name.
    """
    if not settings.CONFIG["site.demo"] or any(header in request.META for header in FORWARDED):
        return False
    own_names = {"localhost", "127.0.0.1", "[::1]", str(settings.CONFIG["site.advertised_host"]).lower()}
    host = request.get_host().lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in own_names and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def may_pair(request: HttpRequest) -> bool:
    """Whether whoever is logged in to the administration may pair browsers with phones."""
    account = request.user
    return isinstance(account, Account) and account.is_active and ADMINISTRATION in account.roles()


def token_is_right(phone: Phone | None, token: Secret) -> bool:
    """Whether a token is the phone's own; takes the same time when there is no such phone."""
    known_hash = (phone.token_hash if phone else "") or "0" * 64
    given = Secret(token.reveal().strip()[:LONGEST_TOKEN])
    return hmac.compare_digest(known_hash, secrets.token_hash(given)) and phone is not None


def pair(request: HttpRequest, response: HttpResponse, phone: Phone, now: datetime) -> None:
    """Let this browser be the phone for thirty days, and write down who allowed it."""
    response.set_cookie(
        COOKIE,
        signing.dumps(_pairing_of(phone), salt=SALT),
        max_age=PAIRED_SECONDS,
        path=f"/phone/{phone.name}",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    actor = str(request.user) if request.user.is_authenticated else phone.name
    source = request.META.get("REMOTE_ADDR", "")
    ledger.record(at=now, action="phone.browser_paired", actor=actor, way="web", source=source, device=phone.name)


def unpair(response: HttpResponse, phone: Phone) -> None:
    """Have this browser forget its pairing."""
    response.delete_cookie(COOKIE, path=f"/phone/{phone.name}", samesite="Lax")


def _pairing_of(phone: Phone) -> list[str]:
    return [phone.name, phone.token_hash[:16]]
