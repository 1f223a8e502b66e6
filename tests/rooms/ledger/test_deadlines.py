from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from roamline.rooms.ledger import firing, service, store
from roamline.rooms.ledger.models import Deadline
from roamline.rooms.ledger.service import LEASE, TryAgain
from tests.support.factories import NOW

KIND = "tests.deadline"
LATER = NOW + timedelta(hours=8)

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """The process dies: nothing catches this."""


@pytest.fixture
def fired() -> Iterator[list[str]]:
    """The subjects whose deadlines fired; a subject named ``raise…`` fails once."""
    seen: list[str] = []

    def handler(subject: str, payload: dict[str, Any], now: object) -> None:
        seen.append(subject)
        if subject in payload.get("trouble", {}) and seen.count(subject) == 1:
            raise _TROUBLES[payload["trouble"][subject]]

    service.on_deadline(KIND)(handler)
    yield seen
    firing._deadline_handlers.pop(KIND)


_TROUBLES: dict[str, BaseException] = {
    "later": TryAgain(60, "a call is up"),
    "bug": ZeroDivisionError(),
    "crash": Crash(),
}


def _claim_as(claimant: str, now: Any, limit: int = 100) -> list[store.Claimed]:
    with transaction.atomic():
        return store.claim(store.DEADLINES, now, LEASE, claimant, limit)


def test_a_deadline_fires_when_it_is_due_and_not_before(fired: list[str]) -> None:
    service.schedule(KIND, "s1", LATER)
    assert service.fire_due_deadlines(LATER - timedelta(seconds=1)) == 0
    assert service.fire_due_deadlines(LATER) == 1
    assert fired == ["s1"]
    assert not Deadline.objects.exists()


def test_a_deadline_that_passed_while_nobody_was_there_fires_at_the_next_look(fired: list[str]) -> None:
    service.schedule(KIND, "s1", LATER)
    service.fire_due_deadlines(LATER + timedelta(days=3))
    assert fired == ["s1"]


def test_a_deadline_fires_once(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW)
    service.fire_due_deadlines(NOW)
    service.fire_due_deadlines(NOW + timedelta(days=1))
    assert fired == ["s1"]


def test_a_later_schedule_replaces_the_earlier_one(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW)
    service.schedule(KIND, "s1", LATER)
    assert service.fire_due_deadlines(NOW) == 0
    service.fire_due_deadlines(LATER)
    assert fired == ["s1"]


def test_a_cancelled_deadline_never_fires(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW)
    assert service.cancel(KIND, "s1")
    assert not service.cancel(KIND, "s1")
    service.fire_due_deadlines(NOW)
    assert fired == []


def test_another_node_leaves_a_claimed_deadline_alone_until_its_lease_ends(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW)
    assert len(_claim_as("a node that dies", NOW)) == 1
    assert service.fire_due_deadlines(NOW + LEASE - timedelta(seconds=1)) == 0
    assert service.fire_due_deadlines(NOW + LEASE) == 1
    assert fired == ["s1"]


def test_a_node_that_was_too_slow_does_not_fire_what_another_has_claimed(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW)
    (slow,) = _claim_as("a slow node", NOW)
    service.fire_due_deadlines(NOW + LEASE)
    firing._fire(slow, "a slow node", NOW + LEASE)
    assert fired == ["s1"]


def test_a_crash_before_the_commit_leaves_the_deadline_for_the_next_claim(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW, {"trouble": {"s1": "crash"}})
    with pytest.raises(Crash):
        service.fire_due_deadlines(NOW)
    assert Deadline.objects.count() == 1
    assert service.fire_due_deadlines(NOW + LEASE) == 1
    assert fired == ["s1", "s1"]
    assert not Deadline.objects.exists()


def test_a_handler_may_ask_to_be_called_again(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW, {"trouble": {"s1": "later"}})
    service.fire_due_deadlines(NOW)
    waiting = Deadline.objects.get()
    assert (waiting.due_at, waiting.last_error) == (NOW + timedelta(seconds=60), "a call is up")
    service.fire_due_deadlines(NOW + timedelta(seconds=60))
    assert fired == ["s1", "s1"]


def test_a_handler_that_fails_does_not_stop_the_others_and_comes_back(fired: list[str]) -> None:
    service.schedule(KIND, "s1", NOW, {"trouble": {"s1": "bug"}})
    service.schedule(KIND, "s2", NOW + timedelta(seconds=1))
    service.fire_due_deadlines(NOW + timedelta(seconds=1))
    assert fired == ["s1", "s2"]
    assert Deadline.objects.get().last_error == "ZeroDivisionError"
    service.fire_due_deadlines(NOW + timedelta(minutes=10))
    assert fired == ["s1", "s2", "s1"]
    assert not Deadline.objects.exists()


def test_a_deadline_that_nobody_handles_waits_and_says_so() -> None:
    service.schedule("tests.unknown", "s1", NOW)
    service.fire_due_deadlines(NOW)
    waiting = Deadline.objects.get()
    assert waiting.due_at == NOW + timedelta(minutes=5)
    assert "tests.unknown" in waiting.last_error


def test_the_earliest_fire_first_and_no_more_than_asked_for(fired: list[str]) -> None:
    for minutes in (3, 1, 2):
        service.schedule(KIND, f"s{minutes}", NOW + timedelta(minutes=minutes))
    assert service.fire_due_deadlines(LATER, limit=2) == 2
    assert fired == ["s1", "s2"]


@pytest.mark.django_db(transaction=True)
def test_of_two_nodes_at_the_same_time_one_fires(fired: list[str]) -> None:
    for number in range(40):
        service.schedule(KIND, f"s{number}", NOW)
    ready = threading.Barrier(2)

    def node() -> None:
        ready.wait(30)
        try:
            while service.fire_due_deadlines(NOW, limit=3):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=node) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(fired) == sorted(f"s{number}" for number in range(40))
    assert not Deadline.objects.exists()
