"""Who is there? Both ends prove their key, and the password where one is asked for, before anything else is said.

The initiator says hello, the other says hello; then the initiator proves first, so that nobody who merely connects
gets anything to guess a password from. A proof is a signature with the cluster's own key and a keyed hash with the
password, both over everything said so far and over the server's TLS certificate: it fits this connection and no other,
so it can be neither replayed nor passed on by somebody in the middle. A cluster that has a certificate of an authority
shows it with its proof, and signs the same with that certificate's key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roamline.kernel.wording import gettext_noop
from roamline.wires.ils.certified import LARGEST_CERTIFICATE, LONGEST_CHAIN, NOT_ITS_KEY, Authority, Certified, Shown
from roamline.wires.ils.identity import Identity, is_signed, origin_of
from roamline.wires.ils.messages import ProtocolError, read_fields

VERSIONS = (1,)
NONCE_BYTES = 32
HUB, SPOKE = "hub", "spoke"
CERTIFIES = b"certificate of "
NOT_TRUSTED = gettext_noop("its certificate is not trusted")
REFUSED_BY_THEM = gettext_noop("refused by the other cluster") + ": "

_NAME = re.compile(r"[A-Za-z0-9.-]{1,50}")
_ADDRESS = re.compile(r"[A-Za-z0-9.:\[\]-]{0,262}")


class Refused(Exception):
    """The peer is not let in, or does not let us in: a short word why, and the name that it gave."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


@dataclass(frozen=True, slots=True)
class Profile:
    """What a cluster says of itself: its name (Cluster ID), role, and where its ILS listens (``host:port``).

    One that ``only_looks`` wants to see what the network holds before it joins: it is shown, and not let in.
    """

    name: str
    role: str
    address: str = ""
    only_looks: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """A cluster that has proved who it is."""

    origin: str
    public_key: bytes
    profile: Profile
    version: int = 1


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is asked of a peer: the password (its derived key), that its certificate is trusted, or both.

    A certificate is trusted when ``is_trusted`` says so of its origin, or when the ``authority`` vouches for it. What
    this end shows itself: ``certified``, whatever is asked of it.
    """

    password_key: bytes | None = None
    is_trusted: Callable[[str], bool] | None = None
    authority: Authority | None = None
    certified: Certified | None = None


def password_key(password: str) -> bytes:
    """The key that stands for a password; slow on purpose, so derive it once."""
    return hashlib.scrypt(password.encode(), salt=b"roamline ils", n=2**14, r=8, p=1, dklen=32)


class Handshake:
    """One end of the greeting; ``binding``: SHA-256 of the server's TLS certificate, ``nonce``: 32 random bytes."""

    def __init__(
        self, identity: Identity, profile: Profile, credentials: Credentials, binding: bytes, nonce: bytes,
        *, is_initiator: bool, now: datetime,
    ) -> None:  # fmt: skip
        self._identity, self._credentials, self._binding, self._now = identity, credentials, binding, now
        self._is_initiator = is_initiator
        self._hello = _hello(identity, profile, nonce)
        self._their_hello = b""
        self._them: Peer | None = None
        self.is_done = False

    def start(self) -> list[bytes]:
        """What to send at once."""
        return [self._hello] if self._is_initiator else []

    @property
    def peer(self) -> Peer:
        """Who the other end is; only to be asked when done."""
        if self._them is None or not self.is_done:
            raise ProtocolError("nothing is proved yet")
        return self._them

    def receive(self, message: bytes) -> list[bytes]:
        """Take one message, return what to send. Refused when the peer is not let in, ProtocolError for nonsense."""
        fields = read_fields(message)
        if fields.get("t") == "bye":
            raise Refused(f"{REFUSED_BY_THEM}{str(fields.get('reason', ''))[:100]}", self._name())
        if self._them is None:
            return self._on_hello(fields, message)
        return self._on_proof(fields)

    def _on_hello(self, fields: dict[str, Any], message: bytes) -> list[bytes]:
        if fields.get("t") != "hello":
            raise ProtocolError("no hello")
        self._their_hello, self._them = message, _peer(fields)
        if self._them.origin == self._identity.origin:
            raise Refused(gettext_noop("it is this cluster itself, or a copy of it"), self._them.profile.name)
        return [self._proof()] if self._is_initiator else [self._hello]

    def _on_proof(self, fields: dict[str, Any]) -> list[bytes]:
        if fields.get("t") != "proof" or self._them is None:
            raise ProtocolError("no proof")
        self._check(self._them, fields)
        self.is_done = True
        return [] if self._is_initiator else [self._proof()]

    def _check(self, them: Peer, fields: dict[str, Any]) -> None:
        statement = self._statement(by_initiator=not self._is_initiator)
        if not is_signed(them.public_key, statement, _decoded(fields.get("signature"))):
            raise Refused(NOT_ITS_KEY, them.profile.name)
        key, is_trusted = self._credentials.password_key, self._credentials.is_trusted
        if key is not None and not hmac.compare_digest(_mac(key, statement), _decoded(fields.get("password"))):
            raise Refused(gettext_noop("wrong password"), them.profile.name)
        if is_trusted is not None and not is_trusted(them.origin):
            self._require_certificate(them, fields, statement)

    def _require_certificate(self, them: Peer, fields: dict[str, Any], statement: bytes) -> None:
        """One whose origin is not trusted is let in when the authority vouches for it."""
        if self._credentials.authority is None:
            raise Refused(f"{NOT_TRUSTED}: {them.origin}", them.profile.name)
        shown = Shown(_chain(fields.get("chain")), CERTIFIES + statement, _decoded(fields.get("certified")))
        objection = self._credentials.authority.objection(shown, them.profile.name, self._now)
        if objection:
            raise Refused(objection, them.profile.name)

    def _proof(self) -> bytes:
        statement = self._statement(by_initiator=self._is_initiator)
        key, own = self._credentials.password_key, self._credentials.certified
        certificate = {} if own is None else {
            "chain": [_encoded(each) for each in own.chain], "certified": _encoded(own.sign(CERTIFIES + statement)),
        }  # fmt: skip
        return _json(
            t="proof", signature=_encoded(self._identity.sign(statement)),
            password=_encoded(_mac(key, statement)) if key is not None else "", **certificate,
        )  # fmt: skip

    def _statement(self, *, by_initiator: bool) -> bytes:
        first, second = self._hello, self._their_hello
        if not self._is_initiator:
            first, second = second, first
        hashes = [hashlib.sha256(part).digest() for part in (first, second)]
        return b"ils proof " + (b"1" if by_initiator else b"2") + self._binding + b"".join(hashes)

    def _name(self) -> str:
        return self._them.profile.name if self._them else ""


def _hello(identity: Identity, profile: Profile, nonce: bytes) -> bytes:
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce of 32 bytes")
    return _json(
        t="hello", v=list(VERSIONS), key=_encoded(identity.public_key), name=profile.name, role=profile.role,
        address=profile.address, nonce=_encoded(nonce), looks=profile.only_looks,
    )  # fmt: skip


def _peer(fields: dict[str, Any]) -> Peer:
    name, role, address = (str(fields.get(each, "")) for each in ("name", "role", "address"))
    public_key = _decoded(fields.get("key"))
    if not _NAME.fullmatch(name) or role not in (HUB, SPOKE) or not _ADDRESS.fullmatch(address):
        raise ProtocolError("a broken hello")
    if len(public_key) != 32 or len(_decoded(fields.get("nonce"))) != NONCE_BYTES:
        raise ProtocolError("a broken hello")
    offered = fields.get("v")
    common = [version for version in VERSIONS if isinstance(offered, list) and version in offered]
    if not common:
        raise Refused(gettext_noop("no version of the protocol in common"), name)
    return Peer(
        origin_of(public_key), public_key, Profile(name, role, address, fields.get("looks") is True), max(common)
    )


def _chain(value: object) -> tuple[bytes, ...]:
    """The certificates that a peer shows; ProtocolError for more, or larger ones, than there may be."""
    listed = value if isinstance(value, list) else []
    chain = tuple(_decoded(each) for each in listed[: LONGEST_CHAIN + 1])
    if len(chain) > LONGEST_CHAIN or any(len(each) > LARGEST_CERTIFICATE for each in chain):
        raise ProtocolError("too large a certificate")
    return chain


def _mac(key: bytes, statement: bytes) -> bytes:
    return hmac.digest(key, statement, "sha256")


def _json(**fields: Any) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""
