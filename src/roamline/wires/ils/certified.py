"""Certificates of a common authority: a cluster shows its chain in the greeting and proves that it has the key (RO-2).

A certificate is taken when its chain leads to one of the authority's certificates, all of it is valid now, and it names
the cluster: the Cluster ID is its common name or one of its DNS names. What makes an authority of a certificate follows
RFC 5280 (basic constraints, key usage, path length); how a certificate names a cluster is our own design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from roamline.kernel.wording import gettext_noop

LONGEST_CHAIN = 5
LARGEST_CERTIFICATE = 4096
NONE_SHOWN = gettext_noop("it showed no certificate")
UNREADABLE = gettext_noop("its certificate cannot be read")
NOT_ITS_KEY = gettext_noop("its certificate's key is not its own")
NOT_ISSUED = gettext_noop("its certificate is not one of the configured authority")
NOT_VALID_NOW = gettext_noop("its certificate has expired, or is not valid yet")
NAMES_ANOTHER = gettext_noop("its certificate does not name this Cluster ID")

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
_USES = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


@dataclass(frozen=True, slots=True)
class Certified:
    """A cluster's own certificate: its chain (DER, its own first) and the private key."""

    chain: tuple[bytes, ...]
    key: PrivateKey = field(repr=False)

    def sign(self, statement: bytes) -> bytes:
        """The proof that the key is here."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(statement)
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(statement, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(statement, _PSS, hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Shown:
    """What a peer showed: its chain, a statement and its signature over that."""

    chain: tuple[bytes, ...]
    statement: bytes
    signature: bytes


class Authority:
    """The certificates that whoever may link was certified by; none: nobody may."""

    def __init__(self, certificates: Sequence[x509.Certificate]) -> None:
        self._certificates = tuple(certificates)

    def objection(self, shown: Shown, name: str, now: datetime) -> str:
        """Why what a peer shows does not prove that it is the cluster of this name; empty when it does."""
        if not shown.chain:
            return NONE_SHOWN
        try:
            leaf, *rest = map(x509.load_der_x509_certificate, shown.chain)
            if not _is_signed(leaf, shown):
                return NOT_ITS_KEY
            return self._objection_to(leaf, rest, now) or ("" if name.lower() in names_of(leaf) else NAMES_ANOTHER)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
            return UNREADABLE

    def _objection_to(self, leaf: x509.Certificate, rest: list[x509.Certificate], now: datetime) -> str:
        if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
            return NOT_VALID_NOW
        if not self._certificates:
            return NOT_ISSUED
        builder = PolicyBuilder().store(Store(list(self._certificates))).time(now).max_chain_depth(LONGEST_CHAIN)
        builder = builder.extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=_OF_CLUSTERS)
        try:
            chain = builder.build_client_verifier().verify(leaf, rest).chain
        except VerificationError:
            return NOT_ISSUED
        return "" if all(_may_issue_over(each, below) for below, each in enumerate(chain[1:])) else NOT_ISSUED


def names_of(certificate: x509.Certificate) -> set[str]:
    """The names that a certificate gives its holder, in small letters."""
    found = {str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return {name.lower() for name in found}
    return {name.lower() for name in found | set(names.get_values_for_type(x509.DNSName))}


def _is_signed(leaf: x509.Certificate, shown: Shown) -> bool:
    key = leaf.public_key()
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(shown.signature, shown.statement)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(shown.signature, shown.statement, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(shown.signature, shown.statement, _PSS, hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _may_issue_over(authority: x509.Certificate, below: int) -> bool:
    """Whether an authority may have this many authorities between itself and what it vouches for."""
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    return limits.path_length is None or below <= limits.path_length


def _require_authority(_policy: Policy, _of: x509.Certificate, limits: x509.BasicConstraints) -> None:
    if not limits.ca:
        raise ValueError("no authority")


def _require_signing(_policy: Policy, _of: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("signs no certificates")


def _require_tls(_policy: Policy, _of: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    if usage is not None and not _USES & set(usage):
        raise ValueError("made for something else")


_OF_AUTHORITIES = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _require_authority)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_signing)
)
_OF_CLUSTERS = ExtensionPolicy.permit_all().may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _require_tls)
