"""Hashing in turn: never more at once than there are cores, what is raised is raised where it was asked for."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from roamline.rooms.directory import hashing
from tests.support.crowd import Crowd

JOBS = 40


def test_no_more_than_the_cores_hash_at_once_and_each_gets_its_own_outcome() -> None:
    cores, crowd = os.cpu_count() or 1, Crowd()

    def work(number: int) -> int:
        with crowd:
            return number * number

    with ThreadPoolExecutor(JOBS) as callers:
        found = list(callers.map(lambda number: hashing.in_turn(work, number), range(JOBS)))
    assert found == [number * number for number in range(JOBS)]
    assert crowd.most <= cores


def test_what_goes_wrong_is_raised_and_stops_nobody_else() -> None:
    def fail() -> None:
        raise LookupError("no such verifier")

    with pytest.raises(LookupError, match="no such verifier"):
        hashing.in_turn(fail)
    assert hashing.in_turn(sum, [1, 2]) == 3


def test_the_last_of_a_queue_does_not_wait_for_more_to_come() -> None:
    for _ in range(hashing.HANDED_OVER_AT_ONCE + 1):
        assert hashing.in_turn(abs, -5) == 5


def test_the_hashing_threads_stand_back_behind_the_others() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert hashing.in_turn(niceness) == min(niceness() + hashing.NICENESS, 19)
