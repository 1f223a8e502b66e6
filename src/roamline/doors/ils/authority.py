"""The certificates that clusters know each other by, as ``roamline.toml`` names them: bundle, own chain and key (RO-2).

Files that cannot be used let nobody in: the log and ``roamline check`` say why. They are read anew when they change.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from roamline.doors.ils import certificate
from roamline.platform.certificate import Certificate, configured_for_clusters, require_pair
from roamline.platform.config import Config
from roamline.wires.ils.certified import LONGEST_CHAIN, Authority, Certified
from roamline.wires.ils.identity import Identity

log = structlog.get_logger(__name__)

State = tuple[tuple[str, int], ...]


def configured(config: Config) -> Authority | None:
    """Whoever certifies clusters; None where none is configured, nobody where its file cannot be used."""
    path = bundle(config)
    if path is None:
        return None
    try:
        return Authority(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        log.error("the authority of ILS cannot be used: no cluster is let in", file=str(path), error=str(error))
        return Authority(())


def own_certificate(config: Config) -> Certified | None:
    """What this cluster shows others; None where none is configured, or it cannot be used."""
    given = configured_for_clusters(config)
    if given is None:
        return None
    try:
        return read_certified(given)
    except (OSError, ValueError, TypeError) as error:
        log.error("the certificate of ILS cannot be used: none is shown", file=str(given.chain), error=str(error))
        return None


def served(config: Config, identity: Identity, folder: Path, now: datetime) -> Certificate:
    """The certificate and key that an accepting end serves TLS with: the configured ones where they can be used."""
    given = configured_for_clusters(config)
    if given is not None and own_certificate(config) is not None:
        return given
    return certificate.self_signed(identity, folder, now)


def bundle(config: Config) -> Path | None:
    """The file of the authorities; None when none is configured."""
    return config.data / str(config["ils.ca"]) if config["ils.ca"] else None


def state(config: Config) -> State:
    """What changes when any of the files does."""
    given = configured_for_clusters(config)
    paths = [bundle(config), *((given.chain, given.private_key) if given else ())]
    return tuple((str(path), _modified(path)) for path in paths if path is not None)


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def read_certified(given: Certificate) -> Certified:
    """A chain and its key from their files; OSError, ValueError or TypeError when they cannot be used."""
    require_pair(given)
    chain = x509.load_pem_x509_certificates(given.chain.read_bytes())[:LONGEST_CHAIN]
    key = serialization.load_pem_private_key(given.private_key.read_bytes(), None)
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("neither an RSA, nor an ECDSA, nor an Ed25519 key")
    return Certified(tuple(each.public_bytes(serialization.Encoding.DER) for each in chain), key)
