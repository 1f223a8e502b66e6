"""This cluster's own key and the secrets of its network; both come from, or are sealed with, the site's key file."""

from __future__ import annotations

import base64
import secrets
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from roamline.kernel.secret import Secret
from roamline.platform import keys
from roamline.wires.ils.identity import Identity

NONCE_BYTES = 12


@cache
def identity() -> Identity:
    """This cluster's key: the same on all its nodes and after a restore, because the key file is."""
    found = _keys()
    return Identity(found.derive("ils identity", found.ids[-1]))


def sealed(value: Secret, purpose: str) -> str:
    """A secret as the database may keep it."""
    key_id = _keys().ids[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    content = AESGCM(_keys().derive("ils secrets", key_id)).encrypt(nonce, value.reveal().encode(), purpose.encode())
    return f"{key_id}${base64.b64encode(nonce + content).decode()}"


def opened(text: str, purpose: str) -> Secret:
    """The secret again; KeyError or InvalidTag when this site's key file did not seal it."""
    key_id, _, encoded = text.partition("$")
    content = base64.b64decode(encoded)
    opener = AESGCM(_keys().derive("ils secrets", key_id))
    return Secret(opener.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], purpose.encode()).decode())


@cache
def _keys() -> keys.SiteKeys:
    return keys.load(settings.CONFIG.key_file)
