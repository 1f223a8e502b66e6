"""Log-ins and log-outs that really happen at the same time, on real connections of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections

from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LoggedOut, LogIn, Way
from roamline.rooms.parameters.rules import AUTO_LOGOUT, MAXIMUM_LOGIN_TIME, MULTIPLE_LOGIN_BEHAVIOR
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.factories import NOW, PIN, set_parameter

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "SEP0011AA220001", "SEP0011AA220002"
BY = By("emproxy", Way.EM_API)

Act = Callable[[], object]


@pytest.fixture
def rounds() -> int:
    """How often a race is run: SQLite has one writer, and syncs at every commit, so there it is shorter."""
    return 200 if connection.vendor == "postgresql" else 25


@pytest.fixture(autouse=True)
def site() -> None:
    """Two users and two phones."""
    for user in ("alice", "bob"):
        factories.user(user)
    for phone in (FIRST, SECOND):
        factories.phone(phone)


@contextmanager
def two_threads() -> Iterator[Callable[[Act, Act], tuple[object, object]]]:
    """Runs two acts at the same moment, in two threads that keep their database connections."""
    line = threading.Barrier(2)

    def at_the_line(act: Act) -> object:
        line.wait(30)
        return act()

    with ThreadPoolExecutor(2) as pool:

        def both(one: Act, other: Act) -> tuple[object, object]:
            futures = [pool.submit(at_the_line, act) for act in (one, other)]
            first, second = (future.result(60) for future in futures)
            return first, second

        yield both
        both(connections.close_all, connections.close_all)


def log_in(user: str, phone: str, pin: str | None = None) -> Act:
    return lambda: mobility.log_in(LogIn(phone, user, Secret(pin) if pin else None), BY, NOW)


def log_out(phone: str) -> Act:
    return lambda: mobility.log_out(phone, BY, NOW)


def number(outcome: object) -> int:
    if isinstance(outcome, Refused):
        return outcome.error.number
    assert isinstance(outcome, LoggedIn | LoggedOut)
    return 0


def open_sessions() -> list[tuple[str, str]]:
    return sorted(LoginSession.objects.filter(ended_at=None).values_list("account__user_id", "phone__name"))


def agree() -> bool:
    """Whether every phone runs the profile of its open session, else its own."""
    running = dict(LoginSession.objects.filter(ended_at=None).values_list("phone_id", "profile_id"))
    return all(p.current_profile_id == running.get(p.pk, p.own_profile_id) for p in Phone.objects.all())


@pytest.mark.proves("EM-22")
def test_of_two_log_ins_of_one_user_at_the_same_moment_one_is_granted_and_one_gets_25(rounds: int) -> None:
    seen: Counter[tuple[int, ...]] = Counter()
    with two_threads() as both:
        for _ in range(rounds):
            outcomes = both(log_in("alice", FIRST), log_in("alice", SECOND))
            seen[tuple(sorted(map(number, outcomes)))] += 1
            assert len(open_sessions()) == 1
            assert mobility.log_out_user("alice", BY, NOW) == 1
    assert seen == {(0, 25): rounds}
    assert agree()


def test_with_pins_it_is_the_same() -> None:
    with two_threads() as both:
        for _ in range(5):
            outcomes = both(log_in("alice", FIRST, PIN), log_in("alice", SECOND, PIN))
            assert sorted(map(number, outcomes)) == [0, 25]
            mobility.log_out_user("alice", BY, NOW)


def test_of_two_users_on_one_phone_one_is_granted_and_one_gets_18(rounds: int) -> None:
    with two_threads() as both:
        for _ in range(rounds):
            outcomes = both(log_in("alice", FIRST), log_in("bob", FIRST))
            assert sorted(map(number, outcomes)) == [0, 18]
            assert number(log_out(FIRST)()) == 0


def test_under_auto_logout_exactly_one_session_stands(rounds: int) -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, AUTO_LOGOUT)
    with two_threads() as both:
        for _ in range(rounds):
            outcomes = both(log_in("alice", FIRST), log_in("alice", SECOND))
            assert set(map(number, outcomes)) <= {0, 18}  # 18: alice is on that phone already, from the round before
            assert len(open_sessions()) == 1
    assert agree()


def test_crossed_log_ins_and_log_outs_never_wait_for_each_other_for_ever(rounds: int) -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, AUTO_LOGOUT)
    with two_threads() as both:
        for turn in range(rounds):
            here, there = (FIRST, SECOND) if turn % 2 else (SECOND, FIRST)
            outcomes = [
                *both(log_in("alice", here), log_in("bob", there)),
                *both(log_in("alice", there), log_in("bob", here)),
                *both(log_in("alice", there), log_out(here)),
                *both(log_out(here), log_out(here)),
                *both(log_out(there), log_in("bob", here)),
            ]
            assert set(map(number, outcomes)) <= {0, 18, 19}
            assert len({phone for _, phone in open_sessions()}) == len(open_sessions())
    assert agree()


def test_a_log_out_at_the_very_moment_of_the_maximum_login_time_ends_the_session_once(rounds: int) -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "1:00")
    due = NOW + timedelta(hours=1)
    with two_threads() as both:
        for turn in range(rounds // 2):
            assert number(log_in("alice", FIRST)()) == 0
            outcome, _fired = both(log_out(FIRST), lambda: ledger.fire_due_deadlines(due))
            assert number(outcome) in {0, 19}
            assert open_sessions() == []
            assert AuditEntry.objects.filter(action="em.logout", succeeded=True).count() == turn + 1
            ledger.fire_due_deadlines(due)
            assert not Deadline.objects.exists()


def test_of_two_who_press_yes_one_is_told_that_nobody_is_logged_in(rounds: int) -> None:
    with two_threads() as both:
        for _ in range(rounds // 4):
            assert number(log_in("alice", FIRST)()) == 0
            assert sorted(map(number, both(log_out(FIRST), log_out(FIRST)))) == [0, 19]
    assert AuditEntry.objects.filter(action="em.logout", succeeded=True).count() == rounds // 4


def test_guesses_at_the_same_moment_are_all_counted() -> None:
    with two_threads() as both:
        for _ in range(3):
            both(log_in("alice", FIRST, "99999"), log_in("alice", SECOND, "88888"))
    assert number(log_in("alice", FIRST, PIN)()) == 201
    assert AuditEntry.objects.filter(result=201).latest("id").reason == "locked"
