"""Sealed questions between clusters: who asks is proved by a signature, and only the one asked can read and answer.

A question is one JSON object. It names the asking and the asked cluster by origin, is signed with the asking
cluster's own key (whose hash its origin is), and holds its content encrypted to the asked cluster's key for such
questions, which that cluster says in a record of its own. The answer is encrypted with the same agreed secret, so
whoever could answer is the one asked. A question's id counts once, within some minutes: the asked end sees to that.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from roamline.wires.ils.identity import Identity, is_signed, origin_of

VERSION = 1
LARGEST = 256 * 1024
PADDED_TO = 512
KEY_BYTES, ID_BYTES = 32, 16
_PURPOSE = b"roamline/emcc/1/"
_ONE_USE = bytes(12)
"""The nonce: every key is used for one content."""
_ORIGIN = re.compile(r"[a-z2-7]{24}")
_SIGNED = ("at", "box", "from", "id", "key", "share", "to", "v")


class Malformed(ValueError):
    """It is no sealed question or answer, or not for this cluster; the text says what is wrong, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A question that was proved: who asks, its id (32 hexadecimal digits), when it was asked (Unix seconds)."""

    origin: str
    id: str
    at: int
    content: dict[str, Any]
    agreed: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A sealed question, and what opens its answer."""

    text: bytes
    agreed: bytes

    def __repr__(self) -> str:
        return f"Asked({len(self.text)} bytes)"


def public_key_of(private: bytes) -> bytes:
    """The public half of a cluster's key for questions (X25519, 32 bytes each)."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def ask(content: dict[str, Any], *, by: Identity, to: str, key: bytes, at: int, chance: bytes) -> Asked:
    """Seal a question for the cluster ``to`` whose public key is ``key``; ``chance``: 48 random bytes, used once."""
    id_, own = chance[:ID_BYTES].hex(), X25519PrivateKey.from_private_bytes(chance[ID_BYTES : ID_BYTES + KEY_BYTES])
    share = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    try:
        agreed = own.exchange(X25519PublicKey.from_public_bytes(key))
    except ValueError as error:
        raise Malformed("the other cluster's key cannot be used") from error
    question: dict[str, Any] = {
        "v": VERSION, "from": by.origin, "to": to, "id": id_, "at": at, "key": _text(by.public_key),
        "share": _text(share), "box": _text(_sealed(content, agreed, b"question", id_)),
    }  # fmt: skip
    question["sig"] = _text(by.sign(_statement(question)))
    return Asked(json.dumps(question).encode(), agreed + id_.encode())


def open_question(text: bytes, *, own_origin: str, private: bytes) -> Opened:
    """Open a question that is for this cluster, and prove who asks. Errors: Malformed."""
    question = _read(text)
    origin, to, id_ = (str(question.get(name, "")) for name in ("from", "to", "id"))
    public_key = _bytes(question, "key", KEY_BYTES)
    if to != own_origin:
        raise Malformed("it is for another cluster")
    if not _ORIGIN.fullmatch(origin) or origin_of(public_key) != origin:
        raise Malformed("its key is not its origin's")
    if not is_signed(public_key, _statement(question), _bytes(question, "sig", 64)):
        raise Malformed("its signature is wrong")
    if not re.fullmatch(r"[0-9a-f]{32}", id_) or not isinstance(question.get("at"), int):
        raise Malformed("it has no id or time")
    try:
        share = X25519PublicKey.from_public_bytes(_bytes(question, "share", KEY_BYTES))
        agreed = X25519PrivateKey.from_private_bytes(private).exchange(share)
    except ValueError as error:
        raise Malformed("its key share cannot be used") from error
    content = _opened(_bytes(question, "box"), agreed, b"question", id_)
    return Opened(origin, id_, question["at"], content, agreed + id_.encode())


def answer(content: dict[str, Any], to: Opened) -> bytes:
    """Seal the answer to a question."""
    agreed, id_ = to.agreed[:KEY_BYTES], to.agreed[KEY_BYTES:].decode()
    return json.dumps({"v": VERSION, "box": _text(_sealed(content, agreed, b"answer", id_))}).encode()


def open_answer(text: bytes, asked: Asked) -> dict[str, Any]:
    """What was answered. Errors: Malformed, also when somebody else than the one asked has answered."""
    agreed, id_ = asked.agreed[:KEY_BYTES], asked.agreed[KEY_BYTES:].decode()
    return _opened(_bytes(_read(text), "box"), agreed, b"answer", id_)


def _statement(question: dict[str, Any]) -> bytes:
    said = {name: question.get(name) for name in _SIGNED}
    return _PURPOSE + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _sealed(content: dict[str, Any], agreed: bytes, what: bytes, id_: str) -> bytes:
    # Padded, so that the length tells nothing of a PIN.
    text = json.dumps(content, separators=(",", ":")).encode()
    text += b" " * (-len(text) % PADDED_TO)
    return _box(agreed, what, id_).encrypt(_ONE_USE, text, what)


def _opened(box: bytes, agreed: bytes, what: bytes, id_: str) -> dict[str, Any]:
    try:
        content = json.loads(_box(agreed, what, id_).decrypt(_ONE_USE, box, what))
    except (InvalidTag, ValueError, RecursionError) as error:
        raise Malformed("it cannot be opened") from error
    if not isinstance(content, dict):
        raise Malformed("its content is no object")
    return content


def _box(agreed: bytes, what: bytes, id_: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=_PURPOSE + what + id_.encode()).derive(agreed))


def _read(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise Malformed("it is too large")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("it is no JSON") from error
    if not isinstance(fields, dict) or fields.get("v") != VERSION:
        raise Malformed("it is of another version")
    return fields


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(fields: dict[str, Any], name: str, length: int | None = None) -> bytes:
    value = fields.get(name)
    try:
        content = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except binascii.Error as error:
        raise Malformed(f"{name} is not base64") from error
    if not content or (length is not None and len(content) != length):
        raise Malformed(f"{name} is missing or of a wrong length")
    return content
