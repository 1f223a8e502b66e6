"""SIP secrets: one per device and configuration version, computed and never stored.

``secret = HMAC-SHA256(site key, device, version)``, 24 characters; the database holds only its digest HA1, so a
stolen database registers nothing, and every log-in and log-out rotates it (S-7).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from django.conf import settings

from roamline.kernel.secret import Secret
from roamline.platform import keys

PREVIOUS_IS_GOOD_FOR = 15 * 60  # seconds, or until the first REGISTER with the new secret


@cache
def _keyed(purpose: str) -> hmac.HMAC:
    # To be copied: OpenSSL takes ten times as long to begin one anew.
    site = keys.load(settings.CONFIG.key_file)
    return hmac.new(site.derive(purpose, site.ids[-1]), digestmod="sha256")


def _text_for(purpose: str, about: str) -> Secret:
    mac = _keyed(purpose).copy()
    mac.update(about.encode())
    return Secret(base64.urlsafe_b64encode(mac.digest()[:18]).decode())


def realm() -> str:
    """The SIP digest realm of this site."""
    return str(settings.CONFIG["call_control.realm"])


def secret_of(device: str, version: int) -> Secret:
    """A device's SIP secret at a configuration version: 24 characters of ``A-Za-z0-9_-``."""
    return _text_for("sip secrets", f"{device}\0{version}")


def ha1_of(device: str, version: int) -> str:
    """``md5(device:realm:secret)`` in hex, as SIP digest authentication defines HA1 (RFC 2617)."""
    text = f"{device}:{realm()}:{secret_of(device, version).reveal()}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def push_password_of(device: str) -> Secret:
    """The password with which this site pushes to a device over HTTP, 24 characters; the phone asks us about it.

    It is computed from the site key and the name alone: nothing is stored, and a log-in does not change it.
    """
    return _text_for("push passwords", device)


def new_token() -> Secret:
    """A fresh device token: 256 random bits."""
    return Secret(secrets.token_urlsafe(32))


def token_hash(token: Secret) -> str:
    """What the database keeps of a device token (it is random, so a plain SHA-256 is enough)."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()
