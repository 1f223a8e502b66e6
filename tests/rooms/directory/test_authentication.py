from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.directory import authentication, store
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.authentication import Checked, RecentlyRight, Verdict, check_pin, recently_right
from roamline.rooms.directory.models import Account
from tests.support import factories
from tests.support.factories import NOW, PASSWORD, PIN

pytestmark = pytest.mark.django_db

RIGHT, WRONG = Secret(PIN), Secret("99999")


@pytest.fixture(autouse=True)
def nobody_remembered() -> Iterator[None]:
    recently_right.forget_all()
    yield
    recently_right.forget_all()


def check(pin: Secret, user_id: str = "alice", after: timedelta = timedelta(0)) -> Checked:
    return check_pin(store.by_user_id(user_id), pin, NOW + after)


def wrong(times: int) -> None:
    for _ in range(times):
        assert check(WRONG).verdict is Verdict.WRONG


def test_the_right_pin_is_right() -> None:
    alice = factories.user()
    checked = check(RIGHT)
    assert checked.verdict is Verdict.RIGHT
    assert checked.account is not None
    assert checked.account.id == alice.pk


def test_wrong_pins_are_counted_and_a_right_one_clears_the_count() -> None:
    factories.user()
    wrong(4)
    assert Account.objects.get().failed_attempts == 4
    assert check(RIGHT).verdict is Verdict.RIGHT
    assert Account.objects.get().failed_attempts == 0


def test_the_fifth_wrong_pin_locks_and_then_even_the_right_one_is_refused() -> None:
    factories.user()
    wrong(5)
    assert check(RIGHT).verdict is Verdict.LOCKED
    assert check(RIGHT, after=timedelta(minutes=29)).verdict is Verdict.LOCKED
    assert check(RIGHT, after=timedelta(minutes=30)).verdict is Verdict.RIGHT
    assert Account.objects.get().locked_until is None


def test_attempts_while_locked_neither_count_nor_prolong_the_lock() -> None:
    factories.user()
    wrong(5)
    until = Account.objects.get().locked_until
    for _ in range(3):
        assert check(WRONG, after=timedelta(minutes=5)).verdict is Verdict.LOCKED
    account = Account.objects.get()
    assert (account.failed_attempts, account.locked_until) == (0, until)


def test_an_administrator_can_unlock() -> None:
    alice = factories.user()
    wrong(5)
    directory.unlock(alice, actor="admin", now=NOW)
    assert check(RIGHT).verdict is Verdict.RIGHT


def test_a_user_who_is_not_active_an_application_and_a_user_without_pin_never_get_in() -> None:
    factories.user("alice")
    Account.objects.update(is_active=False)
    factories.proxy()
    factories.user("dana", pin=None)
    assert check(RIGHT).verdict is Verdict.INACTIVE
    assert check(RIGHT, "emproxy").verdict is Verdict.INACTIVE
    assert check(RIGHT, "dana").verdict is Verdict.WRONG
    assert check(Secret(""), "dana").verdict is Verdict.WRONG


def test_an_extension_of_several_users_is_ambiguous() -> None:
    shared = factories.number("1001")
    factories.user("alice", primary_extension=shared)
    factories.user("bob", primary_extension=shared)
    assert check_pin(store.by_primary_extension("1001"), RIGHT, NOW).verdict is Verdict.AMBIGUOUS


@pytest.mark.parametrize("who", ["alice", "nobody", "locked", "inactive", "without-pin", "ambiguous", "emproxy"])
def test_whatever_is_wrong_one_argon2id_verification_is_done(who: str, hashes: list[str]) -> None:
    shared = factories.number("1001")
    factories.user("alice", primary_extension=shared)
    factories.user("locked", primary_extension=shared)
    Account.objects.filter(user_id="locked").update(locked_until=NOW + timedelta(minutes=5))
    factories.user("inactive")
    Account.objects.filter(user_id="inactive").update(is_active=False)
    factories.user("without-pin", pin=None)
    factories.proxy()
    found = store.by_primary_extension("1001") if who == "ambiguous" else store.by_user_id(who)
    hashes.clear()
    assert check_pin(found, WRONG, NOW).verdict is not Verdict.RIGHT
    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_pin_that_was_right_is_not_hashed_again_for_two_minutes(hashes: list[str]) -> None:
    factories.user()
    hashes.clear()
    assert [check(RIGHT).verdict for _ in range(3)] == [Verdict.RIGHT] * 3
    assert len(hashes) == 1


def test_failures_are_never_remembered(hashes: list[str]) -> None:
    factories.user()
    hashes.clear()
    wrong(3)
    assert len(hashes) == 3


def test_a_changed_pin_is_void_at_once(hashes: list[str]) -> None:
    alice = factories.user()
    assert check(RIGHT).verdict is Verdict.RIGHT
    directory.set_pin(alice, Secret("31415"), actor="admin", now=NOW)
    assert check(RIGHT).verdict is Verdict.WRONG
    assert check(Secret("31415")).verdict is Verdict.RIGHT


def test_a_locked_or_deactivated_user_is_not_let_in_by_the_memory() -> None:
    factories.user()
    assert check(RIGHT).verdict is Verdict.RIGHT
    Account.objects.update(locked_until=NOW + timedelta(minutes=1))
    assert check(RIGHT).verdict is Verdict.LOCKED
    Account.objects.update(locked_until=None, is_active=False)
    assert check(RIGHT).verdict is Verdict.INACTIVE


@pytest.mark.proves("S-1")
@pytest.mark.parametrize("obstacle", ["locked", "inactive", "held back"])
def test_a_right_pin_that_is_refused_costs_a_hash_each_time(obstacle: str, hashes: list[str]) -> None:
    factories.user()
    check(RIGHT)  # somebody is remembered
    later = NOW + timedelta(hours=1)
    if obstacle == "held back":
        store.count_source("192.0.2.66", NOW, timedelta(minutes=15))
        store.hold_back("192.0.2.66", later)
    else:
        changes = {"locked_until": later} if obstacle == "locked" else {"is_active": False}
        Account.objects.filter(user_id="alice").update(**changes)
    hashes.clear()
    for _ in range(2):
        checked = check_pin(store.by_user_id("alice"), RIGHT, NOW, source="192.0.2.66")
        assert checked.verdict in {Verdict.LOCKED, Verdict.INACTIVE, Verdict.HELD_BACK}
    assert len(hashes) == 2


def test_the_memory_lasts_two_minutes_from_the_check_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.user("alice")
    factories.user("bob")
    alice, bob = store.by_user_id("alice")[0], store.by_user_id("bob")[0]
    seconds = [0.0]
    memory = RecentlyRight(lambda: seconds[0])
    memory.remember(alice, RIGHT, alice.pin_verifier)
    seconds[0] = 60.0
    memory.remember(alice, RIGHT, alice.pin_verifier)
    seconds[0] = 119.9
    assert memory.knows(alice, RIGHT, alice.pin_verifier)
    assert not memory.knows(alice, WRONG, alice.pin_verifier)
    assert not memory.knows(bob, RIGHT, bob.pin_verifier)
    seconds[0] = 120.0
    assert not memory.knows(alice, RIGHT, alice.pin_verifier)
    monkeypatch.setattr(authentication, "REMEMBERED_ENTRIES", 1)
    memory.remember(alice, RIGHT, alice.pin_verifier)
    memory.remember(bob, RIGHT, bob.pin_verifier)
    assert memory.knows(bob, RIGHT, bob.pin_verifier)
    assert not memory.knows(alice, RIGHT, alice.pin_verifier)


def test_the_memory_holds_no_pin() -> None:
    factories.user()
    check(RIGHT)
    assert PIN not in repr(recently_right.__dict__)


def test_a_program_is_known_by_its_password() -> None:
    factories.proxy()
    right = authentication.check_password_of("emproxy", Secret(PASSWORD), NOW)
    assert (right.verdict, right.account and right.account.user_id) == (Verdict.RIGHT, "emproxy")
    assert authentication.check_password_of("emproxy", Secret("no"), NOW).verdict is Verdict.WRONG
    assert authentication.check_password_of("nobody", Secret("no"), NOW).verdict is Verdict.UNKNOWN
    assert Account.objects.get().failed_attempts == 1


def test_guessing_a_password_locks_as_guessing_a_pin_does() -> None:
    factories.proxy()
    for _ in range(5):
        authentication.check_password_of("emproxy", Secret("no"), NOW)
    assert authentication.check_password_of("emproxy", Secret(PASSWORD), NOW).verdict is Verdict.LOCKED


def test_a_changed_password_is_void_at_once() -> None:
    proxy = factories.proxy()
    assert authentication.check_password_of("emproxy", Secret(PASSWORD), NOW).verdict is Verdict.RIGHT
    directory.set_password(proxy, Secret("another-password"), actor="admin", now=NOW)
    assert authentication.check_password_of("emproxy", Secret(PASSWORD), NOW).verdict is Verdict.WRONG


def test_nothing_secret_is_shown_of_an_account() -> None:
    factories.user()
    (alice,) = store.by_user_id("alice")
    assert repr(alice) == "KnownAccount(alice)"
