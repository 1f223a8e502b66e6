from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from roamline.rooms.roaming.rules import merging


@dataclass(frozen=True)
class Said:
    stamp: int
    payload: dict[str, Any] | None
    origin: str = ""


UNTIL = "2030-05-17T10:00:00+00:00"


def test_the_newest_statement_counts() -> None:
    assert merging.newest([Said(1, {"a": 1}), Said(3, {"a": 3}), Said(2, {"a": 2})]) == Said(3, {"a": 3})
    assert merging.newest([]) is None


def test_what_is_said_again_is_as_old_as_what_it_repeats() -> None:
    again, change = Said(9, {"a": 1, "since": 1}), Said(3, {"a": 3})
    assert merging.newest([again, change]) == change
    assert merging.said_at(Said(9, {"since": 20})) == 9  # nobody dates anything into the future


def test_of_two_statements_of_one_stamp_all_choose_the_same() -> None:
    one, other = Said(3, {"a": 1}, "x"), Said(3, {"a": 2}, "y")
    assert merging.newest([one, other]) == merging.newest([other, one]) == other


@pytest.mark.proves("RO-13")
def test_failed_attempts_are_summed_over_the_clusters() -> None:
    found = merging.counters([Said(1, {"count": 2}), Said(2, {"count": 1})], [], [])
    assert (found.failed_attempts, found.locked_until) == (3, None)


def test_what_was_counted_before_the_newest_right_pin_counts_no_longer() -> None:
    found = merging.counters([Said(1, {"count": 2}), Said(5, {"count": 1})], [], [Said(3, {}), Said(2, {})])
    assert found.failed_attempts == 1


def test_a_lock_out_holds_until_something_newer_clears_it() -> None:
    locks = [Said(4, {"until": UNTIL})]
    assert merging.counters([], locks, [Said(3, {})]).locked_until is not None
    assert merging.counters([], locks, [Said(5, {})]).locked_until is None


@pytest.mark.parametrize("payload", [None, {}, {"count": "9"}, {"count": -1}, {"count": 10**9}, {"until": "never"}])
def test_what_says_nothing_counts_nothing(payload: dict[str, Any] | None) -> None:
    found = merging.counters([Said(1, payload)], [Said(1, payload)], [])
    assert (found.failed_attempts, found.locked_until) == (0, None)


def test_ones_own_count_starts_again_after_it_was_cleared() -> None:
    assert merging.own_count([Said(1, {"count": 4})], []) == 4
    assert merging.own_count([Said(1, {"count": 4})], [Said(2, {})]) == 0
