"""The TLS certificate of ILS: the configured one, else self-signed with the cluster's own key.

What lets a cluster in is proved inside, bound to the certificate that the accepting end shows.
"""

from __future__ import annotations

import hashlib
import os
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from roamline.platform.certificate import Certificate
from roamline.wires.ils.identity import Identity

VALID_FOR = timedelta(days=3650)


def server_context(own: Certificate) -> ssl.SSLContext:
    """What an accepting end serves with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(own.chain, own.private_key, password=lambda: "")
    return context


def self_signed(identity: Identity, folder: Path, now: datetime) -> Certificate:
    """The cluster's own certificate and key, written below ``folder``, for this user only."""
    own = Certificate(folder / "ils.crt", folder / "ils.key")
    certificate = _certificate(identity, now)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pkcs8 = serialization.PrivateFormat.PKCS8
    key = identity.private_key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption())
    _write(own.private_key, key)
    _write(own.chain, certificate.public_bytes(serialization.Encoding.PEM))
    return own


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
