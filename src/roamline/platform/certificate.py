"""The node's TLS certificate: the configured one, else a self-signed one that is renewed by itself."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from roamline.platform.config import Config

VALID_FOR = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the PEM certificate chain and its private key are."""

    chain: Path
    private_key: Path


def configured(config: Config) -> Certificate | None:
    """The administrator's certificate, relative paths against the data folder; None when none is configured."""
    return _configured(config, "secure")


def configured_for_clusters(config: Config) -> Certificate | None:
    """The certificate that this cluster shows other clusters; None when none is configured (RO-2)."""
    return _configured(config, "ils")


def _configured(config: Config, section: str) -> Certificate | None:
    chain, private_key = str(config[f"{section}.certificate"]), str(config[f"{section}.private_key"])
    return Certificate(config.data / chain, config.data / (private_key or chain)) if chain else None


def ensure(config: Config, now: datetime) -> Certificate:
    """The certificate to serve with; makes or renews the self-signed one when none is configured."""
    given = configured(config)
    if given is not None:
        return given
    own = Certificate(config.data / "tls" / "site.crt", config.data / "tls" / "site.key")
    hosts = [str(config[key]) for key in ("site.advertised_host", "site.advertised_ipv6") if config[key]]
    if not own.private_key.exists() or any(needs_renewal(own.chain, host, now) for host in hosts):
        _make_self_signed(own, hosts, now)
    return own


def expiry(chain: Path) -> datetime:
    """When the first certificate of a PEM file expires (aware); OSError or ValueError when it cannot be read."""
    return x509.load_pem_x509_certificate(chain.read_bytes()).not_valid_after_utc


def require_pair(own: Certificate) -> None:
    """OSError or ValueError unless the private key can be read and belongs to the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(own.chain, own.private_key, password=lambda: "")
    except ssl.SSLError as error:
        raise ValueError(error.reason or "is no certificate with its private key") from error


def needs_renewal(chain: Path, host: str, now: datetime) -> bool:
    """Whether the self-signed certificate is missing, unreadable, about to expire, or made for another host."""
    try:
        certificate = x509.load_pem_x509_certificate(chain.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return True
    return _san(host) not in names or certificate.not_valid_after_utc - now < RENEWED_BEFORE


def _san(host: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    return x509.DNSName(host)


def _make_self_signed(own: Certificate, hosts: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    names = list(dict.fromkeys(_san(each) for each in (*hosts, "localhost", "127.0.0.1", "::1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own.chain.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pkcs8 = serialization.PrivateFormat.PKCS8
    _replace(
        own.private_key,
        key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()),
        0o600,
    )
    _replace(own.chain, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)
