from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from roamline.platform.admission import Slots
from tests.support.sites import until

HOLD = """
import sys
from pathlib import Path
from roamline.platform.admission import Slots
with Slots(Path(sys.argv[1])).enter(int(sys.argv[2])) as admitted:
    print(admitted, flush=True)
    sys.stdin.read()
"""


def holder(path: Path, limit: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(limit)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def admitted(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "True\n"


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_one_more_than_the_limit_is_refused_at_once(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "run" / "slots")
    with ExitStack() as held:
        assert [held.enter_context(slots.enter(3)) for _ in range(4)] == [True, True, True, False]
        assert slots.in_use(3) == 3
    assert slots.in_use(3) == 0


@pytest.mark.proves("EM-24")
def test_the_limit_counts_over_all_processes_of_the_node(tmp_path: Path) -> None:
    path = tmp_path / "slots"
    others = [holder(path, 2) for _ in range(2)]
    try:
        assert [admitted(other) for other in others] == [True, True]
        assert Slots(path).in_use(2) == 2
        with Slots(path).enter(2) as mine:
            assert not mine
        others[0].communicate("")
        with Slots(path).enter(2) as mine:
            assert mine
    finally:
        for other in others:
            end(other)


def test_a_killed_process_gives_its_slot_back(tmp_path: Path) -> None:
    path = tmp_path / "slots"
    other = holder(path, 1)
    try:
        assert admitted(other)
        os.kill(other.pid, signal.SIGKILL)
        other.wait(30)
        with Slots(path).enter(1) as mine:
            assert mine
    finally:
        end(other)


def test_threads_of_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    slots, seen = Slots(tmp_path / "slots"), []
    with slots.enter(1) as mine:
        assert mine
        thread = threading.Thread(target=lambda: seen.append(_try(slots)))
        thread.start()
        thread.join(30)
    assert seen == [False]
    until(lambda: _try(slots))


def _try(slots: Slots) -> bool:
    with slots.enter(1) as mine:
        return mine
