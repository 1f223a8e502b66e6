"""PIN verifiers: Argon2id hashes, sealed with a key that the database does not hold.

Format: ``v1$key-id$nonce$sealed`` (base64url), AES-256-GCM over the encoded Argon2id hash with the account's uuid as
associated data, so that a verifier copied to another account does not open. Between clusters a verifier travels as
``n1$key-id$sealed``, AES-SIV over the same hash under the key of the ILS network: sealing twice gives the same text, so
that an unchanged verifier is an unchanged record. PINs are checked in turn (:mod:`.hashing`): a hash needs 19 MiB and a
core for its time, more of them at once than there are cores only cost memory.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from roamline.kernel.secret import Secret
from roamline.platform import keys
from roamline.rooms.directory import hashing

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32, type=Type.ID)
_VERSION, _NETWORK_VERSION = "v1", "n1"


class VerifierUnusable(Exception):
    """The verifier cannot be opened with this site's keys, or is no verifier."""


@cache
def _site_keys() -> keys.SiteKeys:
    return keys.load(settings.CONFIG.key_file)


@cache
def _sealer(key_id: str) -> AESGCM:
    try:
        return AESGCM(_site_keys().derive("pin verifiers", key_id))
    except KeyError as error:
        raise VerifierUnusable("sealed with a key that this site does not have") from error


@cache
def _nobodys_verifier() -> tuple[str, UUID]:
    nobody = UUID(int=0)
    return make(Secret(secrets.token_hex(8)), nobody), nobody


def make(pin: Secret, account: UUID) -> str:
    """The sealed verifier of a PIN for an account; takes one Argon2id hash of time."""
    return _seal(_HASHER.hash(pin.reveal()), account)


def _seal(hashed: str, account: UUID) -> str:
    key_id = _site_keys().ids[0]
    nonce = secrets.token_bytes(12)
    sealed = _sealer(key_id).encrypt(nonce, hashed.encode(), account.bytes)
    return "$".join([_VERSION, key_id, _text(nonce), _text(sealed)])


def matches(pin: Secret, verifier: str, account: UUID) -> bool:
    """Whether a PIN is the one of a verifier; VerifierUnusable when it cannot be told."""
    try:
        return _HASHER.verify(_open(verifier, account), pin.reveal())
    except VerificationError:
        return False
    except InvalidHashError as error:
        raise VerifierUnusable("not an Argon2id hash") from error


def matches_in_turn(pin: Secret, verifier: str | None, account: UUID | None) -> bool:
    """:func:`matches` once a core is free; for an unknown account a dummy of the same cost, always False (S-1)."""
    known = (verifier, account) if verifier and account is not None else None
    right = hashing.in_turn(matches, pin, *(known or _nobodys_verifier()))
    return right and known is not None


def seal_for_network(verifier: str, account: UUID, network_key: bytes) -> str:
    """A verifier of this site as it travels to other clusters: sealed with the network's key instead of the site's.

    Errors: VerifierUnusable when this site cannot open it.
    """
    sealed = _network_sealer(network_key).encrypt(_open(verifier, account).encode(), [account.bytes])
    return "$".join([_NETWORK_VERSION, network_key_id(network_key), _text(sealed)])


def adopt(travelled: str, account: UUID, network_keys: Sequence[bytes]) -> str:
    """A verifier that came from another cluster, sealed with one of the network's keys, sealed with this site's own.

    Errors: VerifierUnusable when it was sealed with another key, or is of another account.
    """
    return _seal(_open_travelled(travelled, account, network_keys), account)


def is_same(verifier: str, travelled: str, account: UUID, network_keys: Sequence[bytes]) -> bool:
    """Whether a verifier of this site and one that came stand for the same hash; False for none at all.

    Errors: VerifierUnusable as for :func:`adopt`.
    """
    return bool(verifier) and _open(verifier, account) == _open_travelled(travelled, account, network_keys)


def network_key_id(network_key: bytes) -> str:
    """What names a network key in what it sealed."""
    return hashlib.sha256(b"roamline/network key id" + network_key).hexdigest()[:12]


def _network_sealer(network_key: bytes) -> AESSIV:
    info = b"roamline/pin verifiers between clusters"
    return AESSIV(HKDF(SHA256(), 64, salt=None, info=info).derive(network_key))


def _open_travelled(travelled: str, account: UUID, network_keys: Sequence[bytes]) -> str:
    try:
        version, key_id, sealed = travelled.split("$")
        network_key = next((each for each in network_keys if network_key_id(each) == key_id), None)
        if version != _NETWORK_VERSION or network_key is None:
            raise VerifierUnusable("sealed with another key than the network's")
        return _network_sealer(network_key).decrypt(_bytes(sealed), [account.bytes]).decode()
    except (ValueError, InvalidTag) as error:
        raise VerifierUnusable("damaged on its way, or of another account") from error


def _open(verifier: str, account: UUID) -> str:
    try:
        version, key_id, nonce, sealed = verifier.split("$")
        if version != _VERSION:
            raise VerifierUnusable("of an unknown version")
        return _sealer(key_id).decrypt(_bytes(nonce), _bytes(sealed), account.bytes).decode()
    except (ValueError, InvalidTag) as error:
        raise VerifierUnusable("damaged, or of another account") from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
