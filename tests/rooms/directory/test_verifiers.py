from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from roamline.kernel.secret import Secret
from roamline.platform import keys
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.verifiers import VerifierUnusable
from tests.support.factories import PIN, uuid_of, verifier_of

ALICE, BOB = uuid_of("alice"), uuid_of("bob")


@pytest.fixture
def rotated() -> Iterator[str]:
    """The site's keys after a rotation: a new key seals, the old one still opens; its id."""
    path: Path = settings.CONFIG.key_file
    before = path.read_text() if path.exists() else (keys.create(path), path.read_text())[1]
    path.write_text(f"knew {base64.b64encode(b'n' * 32).decode()}\n{before}")
    _forget()
    yield "knew"
    path.write_text(before)
    _forget()


def _forget() -> None:
    verifiers._site_keys.cache_clear()
    verifiers._sealer.cache_clear()


def test_a_verifier_matches_its_pin_and_no_other() -> None:
    assert verifiers.matches(Secret(PIN), verifier_of("alice"), ALICE)
    assert not verifiers.matches(Secret("27183"), verifier_of("alice"), ALICE)
    assert not verifiers.matches(Secret(""), verifier_of("alice"), ALICE)


def test_a_verifier_is_sealed_argon2id_of_version_1() -> None:
    version, key_id, nonce, sealed = verifier_of("alice").split("$")
    assert (version, key_id) == ("v1", keys.load(settings.CONFIG.key_file).ids[0])
    assert len(base64.urlsafe_b64decode(nonce + "==")) == 12
    opened = verifiers._open(verifier_of("alice"), ALICE)
    assert opened.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "argon2" not in sealed


def test_the_same_pin_gives_every_account_another_verifier() -> None:
    assert verifier_of("alice") != verifier_of("bob")


def test_a_verifier_copied_to_another_account_does_not_open() -> None:
    with pytest.raises(VerifierUnusable):
        verifiers.matches(Secret(PIN), verifier_of("alice"), BOB)


def test_after_a_rotation_old_verifiers_still_open_and_new_ones_use_the_new_key(rotated: str) -> None:
    assert verifiers.matches(Secret(PIN), verifier_of("alice"), ALICE)
    made = verifiers.make(Secret(PIN), ALICE)
    assert made.split("$")[1] == rotated
    assert verifiers.matches(Secret(PIN), made, ALICE)


def _with(part: int, value: str) -> str:
    parts = verifier_of("alice").split("$")
    parts[part] = value
    return "$".join(parts)


@pytest.mark.parametrize(
    "verifier",
    ["", "v1", "nonsense", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA", "v1$$$", "v1$a$b$c$d"],
)
def test_what_is_no_verifier_is_said_to_be_unusable(verifier: str) -> None:
    with pytest.raises(VerifierUnusable):
        verifiers.matches(Secret(PIN), verifier, ALICE)


@pytest.mark.parametrize(("part", "value"), [(0, "v2"), (1, "kunknown"), (2, "AAAA"), (2, "AAAAAAAAAAAAAAAA"), (3, "")])
def test_a_damaged_verifier_is_unusable_and_never_a_wrong_pin(part: int, value: str) -> None:
    with pytest.raises(VerifierUnusable) as raised:
        verifiers.matches(Secret(PIN), _with(part, value), ALICE)
    assert PIN not in str(raised.value)


def test_a_pin_in_any_script_can_be_verified() -> None:
    made = verifiers.make(Secret("密码١٢٣"), ALICE)
    assert verifiers.matches(Secret("密码١٢٣"), made, ALICE)
