from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roamline.platform import certificate, config

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def site(folder: Path, **secure: str) -> config.Config:
    return config.parse({"site": {"data": str(folder), "advertised_host": "phones.example"}, "secure": secure})


def test_without_a_certificate_a_self_signed_one_is_made_and_kept(tmp_path: Path) -> None:
    own = certificate.ensure(site(tmp_path), NOW)
    made = own.chain.read_bytes()
    assert certificate.ensure(site(tmp_path), NOW + timedelta(days=300)).chain.read_bytes() == made
    assert stat.S_IMODE(own.private_key.stat().st_mode) == 0o600
    certificate.require_pair(own)


def test_it_is_renewed_before_it_expires(tmp_path: Path) -> None:
    first = certificate.expiry(certificate.ensure(site(tmp_path), NOW).chain)
    later = NOW + timedelta(days=370)
    assert certificate.expiry(certificate.ensure(site(tmp_path), later).chain) > first


@pytest.mark.parametrize("host", ["phones.example", "192.0.2.7", "2001:db8::7", "[2001:db8::7]"])
def test_it_names_the_advertised_host(tmp_path: Path, host: str) -> None:
    asked = config.parse({"site": {"data": str(tmp_path), "advertised_host": host}})
    chain = certificate.ensure(asked, NOW).chain
    assert not certificate.needs_renewal(chain, host, NOW)
    assert certificate.needs_renewal(chain, "another.example", NOW)


def test_the_administrators_certificate_is_never_touched(tmp_path: Path) -> None:
    own = certificate.ensure(site(tmp_path), NOW)
    given = site(tmp_path, certificate=str(own.chain), private_key=str(own.private_key))
    before = own.chain.read_bytes()
    assert certificate.ensure(given, NOW + timedelta(days=1000)) == own
    assert own.chain.read_bytes() == before


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    one = certificate.ensure(site(tmp_path / "one"), NOW)
    two = certificate.ensure(site(tmp_path / "two"), NOW)
    with pytest.raises(ValueError, match=r".+"):
        certificate.require_pair(certificate.Certificate(one.chain, two.private_key))
