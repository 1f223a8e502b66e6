"""The site's key file: one random root key, from which every other key is derived.

The file stands outside the database, so that a stolen database gives nothing: PIN verifiers are sealed with a key
derived here, and phones' SIP secrets are computed from one. Format: one line per key, ``key-id base64``; the first
line is the one that seals, the others still open what they sealed (rotation without anybody's PIN).
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The site's root keys by id, newest first; ``repr`` shows the ids only."""

    ids: tuple[str, ...]
    _roots: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"SiteKeys(ids={self.ids})"

    def derive(self, purpose: str, key_id: str | None = None, length: int = 32) -> bytes:
        """The ``length``-byte key for a purpose; KeyError when no such key id is in the file."""
        if key_id is not None and key_id not in self.ids:
            raise KeyError(key_id)
        root = self._roots[self.ids.index(key_id) if key_id is not None else 0]
        return HKDF(SHA256(), length, salt=None, info=f"roamline/{purpose}".encode()).derive(root)

    def derive_text(self, purpose: str) -> str:
        """A derived key as text."""
        # The oldest root, so that sessions and SIP secrets outlive a rotation of the sealing key.
        return base64.urlsafe_b64encode(self.derive(purpose, self.ids[-1])).decode()


def load(path: Path) -> SiteKeys:
    """Read the key file, creating one with a fresh random key (mode 0600) when there is none."""
    if not path.exists():
        create(path)
    ids: list[str] = []
    roots: list[bytes] = []
    for line in path.read_text(encoding="ascii").splitlines():
        if line.strip():
            key_id, encoded = line.split()
            ids.append(key_id)
            roots.append(base64.b64decode(encoded, validate=True))
    if not ids:
        raise ValueError(f"{path}: the key file is empty")
    return SiteKeys(tuple(ids), tuple(roots))


def create(path: Path) -> None:
    """Write a key file with one fresh key, unless another process was quicker; never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = f"k{secrets.token_hex(4)} {base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
