"""Who a cluster is: an Ed25519 key. Its *origin* is a hash of the public key, so nobody can claim another's origin."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN_BYTES = 15
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def origin_of(public_key: bytes) -> str:
    """The origin of the holder of a public key: 24 lower-case letters and digits, 120 bits of its SHA-256."""
    return base64.b32encode(hashlib.sha256(public_key).digest()[:ORIGIN_BYTES]).decode().lower()


class Identity:
    """A cluster's own key, made from a 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.origin = origin_of(self.public_key)

    def __repr__(self) -> str:
        return f"Identity({self.origin})"

    @property
    def private_key(self) -> Ed25519PrivateKey:
        """The key itself, for the TLS certificate."""
        return self._key

    def sign(self, statement: bytes) -> bytes:
        """A signature of 64 bytes."""
        return self._key.sign(statement)


def is_signed(public_key: bytes, statement: bytes, signature: bytes) -> bool:
    """Whether the holder of the public key signed the statement."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True
