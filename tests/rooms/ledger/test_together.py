"""Many rows of a kind in one transaction: a quicker way to what each row by itself comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from roamline.platform import wake
from roamline.rooms.ledger import firing, service
from roamline.rooms.ledger.models import Deadline, Effect
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

KIND = "test.together"


class Seen:
    """What was done together, what by itself; ``leaves`` are left aside, ``fails`` breaks off."""

    def __init__(self) -> None:
        self.together: list[list[str]] = []
        self.alone: list[str] = []
        self.leaves: set[str] = set()
        self.fails = False
        self.meanwhile = ""

    def many(self, subjects: list[str], now: datetime) -> list[str]:
        self.together.append(subjects)
        service.record_all([service.Entry(at=now, action="together", subject=each) for each in subjects])
        if self.meanwhile:
            service.schedule(KIND, self.meanwhile, NOW, {"again": True})
        if self.fails:
            raise ValueError("broken")
        return [each for each in subjects if each not in self.leaves]

    def one_deadline(self, subject: str, _payload: dict[str, Any], _now: datetime) -> None:
        self.alone.append(subject)

    def one_effect(self, subject: str, _version: int, _payload: dict[str, Any], _now: datetime) -> None:
        self.alone.append(subject)


@pytest.fixture
def seen() -> Iterator[Seen]:
    made = Seen()
    service.on_deadline(KIND)(made.one_deadline)
    service.on_deadlines(KIND)(made.many)
    service.on_effect(KIND)(made.one_effect)
    service.on_effects(KIND)(made.many)
    yield made
    firing._deadline_handlers.pop(KIND)
    firing._effect_handlers.pop(KIND)
    for table in ("ledger_deadline", "ledger_effect"):
        firing._together.pop((table, KIND))


def due(*subjects: str) -> None:
    for each in subjects:
        service.schedule(KIND, each, NOW)


def audited() -> int:
    from roamline.rooms.ledger.models import AuditEntry

    return AuditEntry.objects.filter(action="together").count()


def test_many_deadlines_fire_together_and_one_by_itself(seen: Seen) -> None:
    due("a", "b", "c")
    assert service.fire_due_deadlines(NOW) == 3
    assert (sorted(seen.together[0]), seen.alone, Deadline.objects.count()) == (["a", "b", "c"], [], 0)
    due("d")
    service.fire_due_deadlines(NOW)
    assert (len(seen.together), seen.alone) == (1, ["d"])


def test_what_was_left_aside_fires_by_itself(seen: Seen) -> None:
    seen.leaves = {"b"}
    due("a", "b", "c")
    service.fire_due_deadlines(NOW)
    assert (seen.alone, Deadline.objects.count()) == (["b"], 0)


def test_when_it_fails_nothing_of_it_stands_and_each_fires_by_itself(seen: Seen) -> None:
    seen.fails = True
    due("a", "b")
    service.fire_due_deadlines(NOW)
    assert (sorted(seen.alone), audited(), Deadline.objects.count()) == (["a", "b"], 0, 0)


def test_when_a_deadline_was_set_anew_meanwhile_nothing_of_it_stands(seen: Seen) -> None:
    seen.meanwhile = "b"
    due("a", "b")
    service.fire_due_deadlines(NOW)
    assert (sorted(seen.alone), audited()) == (["a", "b"], 0)


def test_many_effects_are_performed_together_and_the_rest_by_themselves(seen: Seen) -> None:
    seen.leaves = {"y"}
    service.ask_for_effects([service.Wanted(KIND, each, 1) for each in ("x", "y", "z")], NOW)
    service.perform_due_effects(NOW)
    assert (sorted(seen.together[0]), seen.alone, Effect.objects.count()) == (["x", "y", "z"], ["y"], 0)


def test_effects_that_fail_together_are_performed_by_themselves(seen: Seen) -> None:
    seen.fails = True
    service.ask_for_effects([service.Wanted(KIND, each, 1) for each in ("x", "y")], NOW)
    service.perform_due_effects(NOW)
    assert (sorted(seen.alone), Effect.objects.count()) == (["x", "y"], 0)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_wakes_once_but_not_less_when_a_part_of_it_is_undone() -> None:
    with transaction.atomic():
        due_in_a_part_that_is_undone()
        service.wake_after_commit()
        service.wake_after_commit()
        assert [then[1] for then in connection.run_on_commit].count(wake.all) == 1


def due_in_a_part_that_is_undone() -> None:
    with transaction.atomic():
        service.wake_after_commit()
        transaction.set_rollback(True)
