"""The keys of the network as the database keeps them: sealed with a key that follows from the site's key file."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import sealing
from roamline.rooms.clusters.models import Network
from roamline.wires.ils.keys import KEY_BYTES, KeyRing, NetworkKey, ordered

SEALED_FOR = "network key"
KeyListener = Callable[[datetime], None]

_listeners: list[KeyListener] = []
_users: list[KeyListener] = []


def on_network_key(listener: KeyListener) -> KeyListener:
    """Have ``listener(now)`` called in a transaction when a key of the network came, or went."""
    _listeners.append(listener)
    return listener


def on_key_in_use(listener: KeyListener) -> KeyListener:
    """Have ``listener(now)`` called in a transaction when another key is used; it must lock no user's row."""
    _users.append(listener)
    return listener


def held() -> KeyRing:
    """The keys, newest first; empty before the network has given any."""
    text = Network.objects.values_list("sealed_key", flat=True).first()
    return _read(sealing.opened(text, SEALED_FOR).reveal()) if text else ()


@transaction.atomic
def keep(ring: KeyRing, now: datetime) -> None:
    """Hold these keys from now on. What else happens: who seals with them seals anew, in the same transaction."""
    Network.objects.update(sealed_key=sealed(ring))
    for listener in _listeners:
        listener(now)


def tell_of_use(now: datetime) -> None:
    """Tell who proves anything by a key that another one is used from now on, in the transaction that says so."""
    for listener in _users:
        listener(now)


def sealed(ring: KeyRing) -> str:
    """The keys as the database may keep them."""
    listed = [[key.made, base64.b64encode(key.secret).decode(), sorted(key.not_for)] for key in ring]
    return sealing.sealed(Secret(json.dumps(listed)), SEALED_FOR)


def fresh(made: int, not_for: frozenset[str] = frozenset()) -> NetworkKey:
    """A new key."""
    return NetworkKey(made, os.urandom(KEY_BYTES), not_for)


def _read(text: str) -> KeyRing:
    if not text.startswith("["):  # of a version that knew one key only
        return (NetworkKey(0, base64.b64decode(text)),)
    return ordered(
        NetworkKey(made, base64.b64decode(secret), frozenset(not_for)) for made, secret, not_for in json.loads(text)
    )
