"""The TLS certificate of ILS: self-signed with the cluster's own key, so its fingerprint is the cluster's origin."""

from __future__ import annotations

import hashlib
import os
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from roamline.wires.ils.identity import Identity

VALID_FOR = timedelta(days=3650)


def server_context(identity: Identity, folder: Path, now: datetime) -> ssl.SSLContext:
    """What an accepting end serves with; the certificate and key are written below ``folder``, for this user only."""
    chain, key = folder / "ils.crt", folder / "ils.key"
    certificate = _certificate(identity, now)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pkcs8 = serialization.PrivateFormat.PKCS8
    _write(key, identity.private_key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()))
    _write(chain, certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(chain, key)
    return context


def client_context() -> ssl.SSLContext:
    """What a calling end connects with. Who is there is proved inside, bound to the certificate that was shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def binding_of(chain: Path) -> bytes:
    """The SHA-256 of a certificate file's first certificate."""
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()


def _certificate(identity: Identity, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, identity.origin)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(identity.private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .sign(identity.private_key, None)
    )


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)
