from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.directory.rules.credentials import DEFAULT_POLICY, after_failure, is_locked, objections_to_pin
from roamline.rooms.directory.rules.roles import ROLE_CHOICES, permits
from tests.support.factories import NOW


def test_wrong_pins_count_and_the_fifth_locks_for_half_an_hour() -> None:
    counts = [after_failure(before, NOW).failed_attempts for before in range(4)]
    assert counts == [1, 2, 3, 4]
    locked = after_failure(4, NOW)
    assert (locked.failed_attempts, locked.locked_until) == (0, NOW + timedelta(minutes=30))


def test_a_lock_ends_at_its_time() -> None:
    assert is_locked(NOW, NOW - timedelta(microseconds=1))
    assert not is_locked(NOW, NOW)
    assert not is_locked(None, NOW)


@pytest.mark.parametrize(
    "pin", ["1234", "0" * 17, "", "11111", "12345", "98765", "abcde", "12a45", "١٢٣٤٦", "2718 2", "10010", "01001"]
)
def test_a_pin_that_the_policy_does_not_take_is_refused_with_a_reason(pin: str) -> None:
    assert objections_to_pin(pin, "alice", "10010")


@pytest.mark.parametrize("pin", ["27182", "0" * 15 + "1", "13579", "12344", "00001"])
def test_a_good_pin_is_taken(pin: str) -> None:
    assert objections_to_pin(pin, "alice", "1001") == []


def test_a_pin_must_not_be_the_own_id() -> None:
    assert objections_to_pin("70421", "70421", "")
    assert objections_to_pin("12407", "70421", "")


def test_the_policy_locks_after_five_wrong_pins() -> None:
    assert DEFAULT_POLICY.lock_after == 5
    assert DEFAULT_POLICY.lock_for == timedelta(minutes=30)


@pytest.mark.parametrize("action", ["add", "change", "delete"])
@pytest.mark.parametrize("role", [code for code, _ in ROLE_CHOICES if code != "administration"])
def test_only_the_administrator_changes_things(role: str, action: str) -> None:
    assert not permits(role, "phones.phone", action)
    assert permits("administration", "phones.phone", action)


def test_readers_see_and_programs_see_nothing() -> None:
    assert permits("read only", "ledger.auditentry", "view")
    assert permits("help desk", "directory.account", "view")
    assert not permits("help desk", "ledger.auditentry", "view")
    assert not permits("em authentication proxy", "phones.phone", "view")
    assert not permits("axl", "phones.phone", "view")
    assert not permits("a role nobody knows", "phones.phone", "view")
