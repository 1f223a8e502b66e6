"""A super user's PIN on its way to other clusters: usable there, useless to whoever steals the records (RO-11)."""

from __future__ import annotations

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.verifiers import VerifierUnusable
from tests.support.factories import PIN, uuid_of, verifier_of

ERIN, BOB = uuid_of("erin"), uuid_of("bob")
NETWORK, ANOTHER = b"n" * 32, b"o" * 32


def test_what_travels_is_taken_over_and_matches_the_pin() -> None:
    travelled = verifiers.seal_for_network(verifier_of("erin"), ERIN, NETWORK)
    taken_over = verifiers.adopt(travelled, ERIN, [ANOTHER, NETWORK])
    assert taken_over.startswith("v1$")  # sealed with this site's own key
    assert verifiers.matches(Secret(PIN), taken_over, ERIN)
    assert verifiers.is_same(verifier_of("erin"), travelled, ERIN, [NETWORK])


def test_a_verifier_seals_to_the_same_text_each_time_so_that_nothing_new_is_said() -> None:
    once, again = (verifiers.seal_for_network(verifier_of("erin"), ERIN, NETWORK) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(("account", "key"), [(BOB, NETWORK), (ERIN, ANOTHER)])
def test_it_opens_for_nobody_else_and_with_no_other_key(account: object, key: bytes) -> None:
    travelled = verifiers.seal_for_network(verifier_of("erin"), ERIN, NETWORK)
    with pytest.raises(VerifierUnusable):
        verifiers.adopt(travelled, account, [key])  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "n1", "n1$$", "v1$a$b$c", "n1$x$!!!", "n1$" + "0" * 12 + "$AAAA"])
def test_what_is_no_verifier_is_refused(text: str) -> None:
    with pytest.raises(VerifierUnusable):
        verifiers.adopt(text, ERIN, [NETWORK])


def test_a_stolen_record_holds_no_hash_to_guess_against() -> None:
    travelled = verifiers.seal_for_network(verifier_of("erin"), ERIN, NETWORK)
    version, key_id, sealed = travelled.split("$")
    assert (version, key_id) == ("n1", verifiers.network_key_id(NETWORK))
    assert b"argon2" not in verifiers._bytes(sealed)
