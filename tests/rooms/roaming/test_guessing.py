"""Guessing at a super user away from home costs and answers what it does for anybody else, also nobody (S-1, RO-13)."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.roaming.models import Replica
from tests.rooms.roaming import network
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
GUESSED = ("erin", "alice", "nobody")


@pytest.fixture
def phone() -> str:
    """A phone of EAST; alice is EAST's user, erin a super user of HQ."""
    network.make()
    factories.user("alice", profiles=("EM_alice",))
    erin = factories.user("erin", profiles=("EM_erin",))
    Account.objects.filter(pk=erin.pk).update(home_cluster=False)
    Replica.objects.create(uuid=erin.uuid, user_id="erin", origin=network.HQ, cluster="HQ", account=erin,
                           changed_at=NOW)  # fmt: skip
    network.let_effects_happen()
    return factories.phone("SEP1").name


def guess(phone: str, user_id: str) -> object:
    return mobility.log_in(LogIn(phone, user_id, Secret("00000")), By(user_id, Way.PHONE), NOW)


@pytest.mark.proves("S-1")
def test_each_guess_is_one_hash_and_has_one_answer(phone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, hashed, pin: done.append(hashed) or real(self, hashed, pin)
    )
    answers, hashed = [], []
    for user_id in GUESSED:
        done.clear()
        answers.append(getattr(guess(phone, user_id), "error"))  # noqa: B009 - of any outcome
        hashed.append(len(done))
    assert hashed == [1, 1, 1]
    assert len(set(answers)) == 1


def test_a_guess_at_a_super_user_asks_and_writes_what_a_guess_at_another_user_does(phone: str) -> None:
    counts = []
    for user_id in ("erin", "alice", "erin", "alice"):
        with CaptureQueriesContext(connection) as seen:
            guess(phone, user_id)
        counts.append([each["sql"].split()[0] for each in seen.captured_queries])
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]


@pytest.mark.proves("RO-13")
def test_what_was_guessed_wrong_here_is_told_all_the_same(phone: str) -> None:
    guess(phone, "erin")
    guess(phone, "alice")
    network.let_effects_happen()
    said = {record.key: record.payload for record in clusters.records_of_kind("super_setting")}
    counted = [payload for key, payload in said.items() if key.endswith(":failures")]
    assert [payload["count"] for payload in counted if payload] == [1]
