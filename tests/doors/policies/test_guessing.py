"""Guessing PINs costs time, tells nothing, and an administrator can end a lock-out (S-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
import time_machine

from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account, GuessingSource
from roamline.rooms.directory.rules.credentials import FOREVER, SOURCE_POLICY, held_back_until
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from tests.doors.policies.scene import CHANGE, DISABLED, EM_APP, LOBBY, Scene, now, text_of
from tests.support.factories import NOW, PIN

pytestmark = pytest.mark.django_db

REFUSED = "Please try to login again (201)"


@pytest.fixture(autouse=True)
def _clock_that_stands() -> Iterator[None]:
    """How long requests take on a busy machine holds nobody back, and releases nobody."""
    with time_machine.travel(now(), tick=False):
        yield


def guess(scene: Scene, times: int, user_id: str = "nobody") -> None:
    for _ in range(times):
        assert scene.log_in(user_id, "00000") == REFUSED


def test_from_the_limit_on_each_failure_doubles_the_time_up_to_a_quarter_of_an_hour() -> None:
    waits = [held_back_until(failures, NOW) for failures in (19, 20, 21, 22, 29, 30, 1000)]
    assert waits == [
        None, *(NOW + timedelta(seconds=seconds) for seconds in (1, 2, 4, 512, 900, 900)),
    ]  # fmt: skip


@pytest.mark.proves("S-2")
def test_an_address_that_guesses_is_held_back_even_with_a_right_pin_and_others_are_not(scene: Scene) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        guess(scene, SOURCE_POLICY.free + 3)
        assert scene.log_in("alice", PIN) == REFUSED
        assert "too many wrong attempts" in AuditEntry.objects.latest("id").reason
        assert Account.objects.get(user_id="alice").failed_attempts == 0
        scene.address = "192.0.2.99"
        assert "Login successful" in scene.log_in("alice", PIN)
        scene.log_out()
        scene.address = "192.0.2.7"
        clock.shift(timedelta(seconds=9))
        assert "Login successful" in scene.log_in("alice", PIN)


def test_a_right_pin_does_not_clear_the_count_of_its_address(scene: Scene) -> None:
    guess(scene, 5)
    scene.log_in("alice", PIN)
    assert GuessingSource.objects.get(source="192.0.2.7").failures == 5


def test_failures_long_ago_do_not_count(scene: Scene) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        guess(scene, 10)
        clock.shift(SOURCE_POLICY.window + timedelta(seconds=1))
        guess(scene, 1)
        assert GuessingSource.objects.get().failures == 1


def test_an_administrator_releases_an_address(scene: Scene) -> None:
    guess(scene, SOURCE_POLICY.free + 5)
    assert scene.log_in("alice", PIN) == REFUSED
    assert directory.release_source("192.0.2.7", actor="root", now=now())
    assert "Login successful" in scene.log_in("alice", PIN)
    assert AuditEntry.objects.filter(action="source.released", actor="root").exists()


@pytest.mark.parametrize(("after", "minutes"), [(3, 10), (5, 30)])
def test_the_policy_says_how_many_wrong_pins_lock_and_for_how_long(scene: Scene, after: int, minutes: int) -> None:
    directory.change_policy(actor="a", now=now(), lock_after=after, lock_minutes=minutes)
    with time_machine.travel(now(), tick=False) as clock:
        guess(scene, after - 1, "alice")
        assert "Login successful" in scene.log_in()
        scene.log_out()
        guess(scene, after, "alice")
        assert scene.log_in() == REFUSED
        clock.shift(timedelta(minutes=minutes, seconds=1))
        assert "Login successful" in scene.log_in()


def test_a_lock_without_an_end_stays_until_an_administrator_opens_it(scene: Scene) -> None:
    directory.change_policy(actor="a", now=now(), lock_minutes=0)
    guess(scene, 5, "alice")
    alice = Account.objects.get(user_id="alice")
    assert alice.locked_until == FOREVER
    assert scene.log_in() == REFUSED
    directory.unlock(alice, actor="root", now=now())
    assert "Login successful" in scene.log_in()


def test_unknown_wrong_locked_and_held_back_answer_the_same_bytes(scene: Scene) -> None:
    guess(scene, 5, "bob")
    answers = [
        scene.answer(EM_APP, device=LOBBY, userid=user_id, seq=pin)
        for user_id, pin in (("nobody", "00000"), ("alice", "00000"), ("bob", PIN))
    ]
    guess(scene, SOURCE_POLICY.free)
    answers.append(scene.answer(EM_APP, device=LOBBY, userid="alice", seq=PIN))
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.status_code, answer["Content-Length"]) for answer in answers}) == 1


GUESSED = (("alice", "00000"), ("nobody", "00000"), ("bob", "00000"), ("bob", PIN))


@pytest.mark.proves("S-1", "S-2")
@pytest.mark.parametrize("device", [LOBBY, DISABLED, "SEP0011AA22FFFF"])
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_every_guess_costs_one_verification_and_gets_one_answer(
    scene: Scene, hashes: list[str], method: str, device: str
) -> None:
    Account.objects.filter(user_id="bob").update(locked_until=FOREVER)
    answers = set()
    for guessed, (user_id, pin) in enumerate(GUESSED, start=1):
        ask = getattr(scene.client, method)
        answer = ask(EM_APP, {"device": device, "userid": user_id, "seq": pin}, REMOTE_ADDR=scene.address)
        answers.add((answer.status_code, answer.content, answer.get("Content-Length")))
        assert len(hashes) == guessed
        assert GuessingSource.objects.get(source=scene.address).failures == guessed
    assert len(answers) == 1
    assert not LoginSession.objects.exists()


def test_a_made_up_device_costs_as_much_at_the_service_that_changes_pins(scene: Scene, hashes: list[str]) -> None:
    query = {"userid": "alice", "seq": PIN, "newseq": "27183", "newseqagain": "27183"}
    assert "(11)" in text_of(scene.show(CHANGE, device="SEP0011AA22FFFF", **query))
    assert scene.client.head(CHANGE, {"device": LOBBY, **query}).status_code == 405
    assert len(hashes) == 2


def test_guessing_at_made_up_devices_holds_the_address_back_from_real_ones(scene: Scene) -> None:
    for _ in range(SOURCE_POLICY.free):
        assert "(11)" in scene.log_in("alice", PIN, device="SEP0011AA22FFFF")
    assert scene.log_in("alice", PIN) == REFUSED
    assert GuessingSource.objects.get().failures == SOURCE_POLICY.free


def test_while_the_node_is_busy_a_guess_at_a_made_up_device_costs_nothing(scene: Scene, hashes: list[str]) -> None:
    with ExitStack() as busy:
        for _ in range(5):
            busy.enter_context(mobility.requests_in_progress().enter(5))
        assert "(26)" in scene.log_in(device="SEP0011AA22FFFF")
        assert scene.client.head(EM_APP, {"device": LOBBY, "userid": "alice", "seq": PIN}).status_code == 405
    assert hashes == []


@pytest.mark.parametrize("pin", [PIN, "00000"])
def test_head_logs_nobody_in_and_tells_no_right_pin_from_a_wrong_one(scene: Scene, pin: str) -> None:
    answer = scene.client.head(EM_APP, {"device": LOBBY, "userid": "alice", "seq": pin})
    assert (answer.status_code, answer.content, answer.get("Content-Length", "0")) == (405, b"", "0")
    assert not AuditEntry.objects.filter(action="em.login").exists()


def test_wrong_passwords_of_programs_count_against_their_address_too(scene: Scene) -> None:
    scene.api.password = "wrong"
    for _ in range(3):
        assert scene.api.login("alice") == 3
    assert GuessingSource.objects.get(source="password/127.0.0.1").failures == 3
    scene.address = "127.0.0.1"
    assert "Login successful" in scene.log_in()
