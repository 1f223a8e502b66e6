"""A certificate authority for tests, and the files that clusters are configured with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from roamline.wires.ils.certified import Certified, PrivateKey

ISSUED = datetime(2020, 1, 1, tzinfo=UTC)
A_LONG_TIME = timedelta(days=20_000)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass
class TestAuthority:
    """Issues certificates; ``above`` is the authority that certified this one, itself when there is none."""

    __test__ = False
    name: str = "Authority"
    above: TestAuthority | None = None
    path_length: int | None = None
    is_authority: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        constraints = x509.BasicConstraints(ca=self.is_authority, path_length=self.path_length)
        above = self.above or self
        self.certificate = (
            _begun(self.name, above.name, self.key)
            .add_extension(constraints, critical=True)
            .sign(above.key, hashes.SHA256())
        )

    def issue(self, name: str, key: PrivateKey | None = None, *, until: datetime = ISSUED + A_LONG_TIME,
              dns: str = "") -> Certified:  # fmt: skip
        """A certificate with its chain below the root."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _begun(name, self.name, key, until)
        if dns:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns)]), critical=False)
        leaf = builder.sign(self.key, hashes.SHA256())
        chain = [leaf, self.certificate] if self.above else [leaf]
        return Certified(tuple(each.public_bytes(serialization.Encoding.DER) for each in chain), key)

    def write_bundle(self, path: Path) -> str:
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)


def write(own: Certified, path: Path) -> str:
    """Certificate chain and key in one PEM file."""
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    parts = [x509.load_der_x509_certificate(each).public_bytes(serialization.Encoding.PEM) for each in own.chain]
    path.write_bytes(b"".join([*parts, own.key.private_bytes(serialization.Encoding.PEM, pkcs8, plain)]))
    return str(path)


def _begun(
    name: str, issuer: str, key: PrivateKey, until: datetime = ISSUED + A_LONG_TIME
) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ISSUED)
        .not_valid_after(until)
    )
