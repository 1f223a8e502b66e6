"""Certificates of a common authority: who is vouched for, and everybody who is not (RO-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from roamline.wires.ils import certified
from roamline.wires.ils.certified import Authority, Certified, Shown
from tests.support.authority import TestAuthority

NOW = datetime(2026, 5, 4, tzinfo=UTC)
STATEMENT = b"what was said so far"
ROOT = TestAuthority()
TRUSTED = Authority([ROOT.certificate])


def shown(own: Certified) -> Shown:
    return Shown(own.chain, STATEMENT, own.sign(STATEMENT))


def objection(own: Certified, name: str = "EAST", authority: Authority = TRUSTED) -> str:
    return authority.objection(shown(own), name, NOW)


@pytest.mark.parametrize("make", [
    lambda: ec.generate_private_key(ec.SECP384R1()), lambda: rsa.generate_private_key(65537, 2048),
    ed25519.Ed25519PrivateKey.generate,
], ids=["ECDSA", "RSA", "Ed25519"])  # fmt: skip
def test_a_certificate_of_the_authority_that_names_the_cluster_is_taken(make) -> None:
    assert objection(ROOT.issue("EAST", make())) == ""


def test_the_name_may_be_a_dns_name_in_any_case() -> None:
    assert objection(ROOT.issue("a machine", dns="east.example"), "EAST.example") == ""
    assert objection(ROOT.issue("WEST")) == certified.NAMES_ANOTHER


def test_a_chain_over_another_authority_leads_to_the_configured_one() -> None:
    assert objection(TestAuthority("Below", ROOT).issue("EAST")) == ""


@pytest.mark.parametrize("issuer", [
    TestAuthority(),  # of the same name, and another key
    TestAuthority("No authority", ROOT, is_authority=False),
], ids=["stranger", "a cluster that issues"])  # fmt: skip
def test_who_is_not_certified_by_the_authority_is_refused(issuer: TestAuthority) -> None:
    assert objection(issuer.issue("EAST")) == certified.NOT_ISSUED


@pytest.mark.parametrize(("length", "reason"), [(2, ""), (1, certified.NOT_ISSUED)])
def test_an_authority_vouches_for_as_many_others_in_a_row_as_it_may(length: int, reason: str) -> None:
    root = TestAuthority("Root", path_length=length)
    middle = TestAuthority("Middle", root)
    own = TestAuthority("Lowest", middle).issue("EAST")
    chain = (*own.chain, middle.issue("unused").chain[1])
    assert objection(replace(own, chain=chain), authority=Authority([root.certificate])) == reason


def test_an_expired_certificate_is_refused() -> None:
    assert objection(ROOT.issue("EAST", until=datetime(2026, 5, 3, tzinfo=UTC))) == certified.NOT_VALID_NOW


def test_a_copied_certificate_without_its_key_is_refused() -> None:
    theirs, mine = ROOT.issue("EAST"), ROOT.issue("ROGUE")
    assert objection(replace(mine, chain=theirs.chain)) == certified.NOT_ITS_KEY


@pytest.mark.parametrize(("chain", "reason"), [((), certified.NONE_SHOWN), ((b"?",), certified.UNREADABLE)])
def test_none_and_nonsense_are_refused(chain: tuple[bytes, ...], reason: str) -> None:
    assert TRUSTED.objection(Shown(chain, STATEMENT, b""), "EAST", NOW) == reason


def test_without_a_usable_bundle_nobody_is_let_in() -> None:
    assert objection(ROOT.issue("EAST"), authority=Authority(())) == certified.NOT_ISSUED
