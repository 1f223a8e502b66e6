"""The greeting: key, password, TLS certificate; nothing that is overheard is of use (RO-2, S-8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roamline.wires.ils.handshake import Credentials, Handshake, Profile, Refused, password_key
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.messages import ProtocolError

NOW = datetime(2026, 5, 4, tzinfo=UTC)
HQ, EAST = Identity(bytes(32)), Identity(bytes([1]) * 32)
BINDING = b"certificate of HQ".ljust(32)
SECRET, OTHER = password_key("a shared password"), password_key("another password")


def greet(
    caller: Credentials, called: Credentials, *, seen: bytes = BINDING, identity: Identity = EAST
) -> tuple[Handshake, Handshake]:
    """Both ends; ``seen`` is the certificate that the caller saw."""
    east = Handshake(identity, Profile("EAST", "hub"), caller, seen, bytes(32), is_initiator=True, now=NOW)
    hq = Handshake(HQ, Profile("HQ", "hub"), called, BINDING, bytes([9]) * 32, is_initiator=False, now=NOW)
    to_hq = east.start()
    while to_hq:
        to_east = [answer for message in to_hq for answer in hq.receive(message)]
        to_hq = [answer for message in to_east for answer in east.receive(message)]
    return east, hq


@pytest.mark.proves("RO-2")
def test_both_know_each_other_by_the_password() -> None:
    east, hq = greet(Credentials(SECRET), Credentials(SECRET))
    assert (east.peer.origin, hq.peer.origin) == (HQ.origin, EAST.origin)
    assert hq.peer.profile.name == "EAST"


@pytest.mark.proves("RO-2")
def test_a_wrong_or_missing_password_is_refused_by_name() -> None:
    for credentials in (Credentials(OTHER), Credentials()):
        with pytest.raises(Refused, match="wrong password") as refused:
            greet(credentials, Credentials(SECRET))
        assert refused.value.name == "EAST"


@pytest.mark.proves("RO-2")
def test_a_cluster_is_known_by_its_certificate_s_fingerprint() -> None:
    trusts = Credentials(None, {EAST.origin}.__contains__)
    assert greet(Credentials(), trusts)[1].peer.origin == EAST.origin
    with pytest.raises(Refused, match="not trusted"):
        greet(Credentials(), trusts, identity=Identity(bytes([2]) * 32))


@pytest.mark.proves("RO-2")
def test_with_both_the_password_alone_is_not_enough() -> None:
    both = Credentials(SECRET, {EAST.origin}.__contains__)
    with pytest.raises(Refused, match="not trusted"):
        greet(Credentials(SECRET), both, identity=Identity(bytes([2]) * 32))
    with pytest.raises(Refused, match="wrong password"):
        greet(Credentials(OTHER), both)
    assert greet(Credentials(SECRET), both)[1].is_done


def test_the_called_cluster_is_checked_too() -> None:
    with pytest.raises(Refused, match="wrong password"):
        greet(Credentials(SECRET), Credentials())


def test_somebody_in_the_middle_with_a_certificate_of_their_own_is_noticed() -> None:
    with pytest.raises(Refused):
        greet(Credentials(SECRET), Credentials(SECRET), seen=b"certificate of somebody".ljust(32))


def end_of(identity: Identity, name: str, nonce: int, *, is_initiator: bool) -> Handshake:
    return Handshake(
        identity, Profile(name, "hub"), Credentials(SECRET), BINDING, bytes([nonce]) * 32, is_initiator=is_initiator,
        now=NOW,
    )  # fmt: skip


def test_an_overheard_greeting_cannot_be_played_again() -> None:
    east, first = end_of(EAST, "EAST", 0, is_initiator=True), end_of(HQ, "HQ", 9, is_initiator=False)
    hello = east.start()[0]
    proof = east.receive(first.receive(hello)[0])[0]
    later = end_of(HQ, "HQ", 8, is_initiator=False)
    later.receive(hello)
    with pytest.raises(Refused):
        later.receive(proof)


def test_a_cluster_does_not_link_to_itself_or_a_copy() -> None:
    with pytest.raises(Refused, match="itself"):
        greet(Credentials(SECRET), Credentials(SECRET), identity=HQ)


@pytest.mark.parametrize("message", [b"{}", b"[]", b'{"t":"hello"}', b'{"t":"hello","v":[1],"name":"A B","key":""}'])
def test_a_broken_hello_is_refused(message: bytes) -> None:
    hq = Handshake(HQ, Profile("HQ", "hub"), Credentials(SECRET), BINDING, bytes(32), is_initiator=False, now=NOW)
    with pytest.raises((ProtocolError, Refused)):
        hq.receive(message)
