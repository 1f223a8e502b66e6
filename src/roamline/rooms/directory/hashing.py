"""The threads that hash: one for each core, so that no more hashes run at once than there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache, partial
from queue import SimpleQueue
from threading import Lock, Thread, get_native_id
from typing import Any, ParamSpec, TypeVar

from roamline.platform import baton

HANDED_OVER_AT_ONCE = 4
NICENESS = 2
"""How far hashing stands back behind the requests that have theirs: those finish first, undisturbed."""

P = ParamSpec("P")
R = TypeVar("R")

_starting = Lock()
Job = tuple[Future[Any], Callable[[], Any]]


def in_turn(hashing: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What ``hashing`` returns or raises, once a core was free for it; jobs are done in the order in which they came.

    A hash fills 19 MiB. Always the same few threads write to the same memory again, instead of each request's thread
    to its own. After a hash nothing else is in the processor's cache any more; so while more jobs wait, up to
    HANDED_OVER_AT_ONCE outcomes are held and handed over together, and the requests that go on with them find each
    other's code there: 3 % more log-ins, none of which waits for more than three further hashes.
    """
    outcome: Future[R] = Future()
    with _starting:
        jobs = _jobs()
    with baton.laid_down():
        jobs.put((outcome, partial(hashing, *args, **kwargs)))
        return outcome.result()


@cache
def _jobs() -> SimpleQueue[Job]:
    jobs: SimpleQueue[Job] = SimpleQueue()
    for number in range(os.cpu_count() or 1):
        Thread(target=_work, args=(jobs,), name=f"hashing-{number}", daemon=True).start()
    return jobs


os.register_at_fork(after_in_child=_jobs.cache_clear)  # threads stay behind


def _work(jobs: SimpleQueue[Job]) -> None:
    with suppress(OSError):  # a sandbox may forbid it: then they hash as they are
        os.setpriority(os.PRIO_PROCESS, get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    held: list[Callable[[], None]] = []
    while True:
        outcome, hashing = jobs.get()
        try:
            held.append(partial(outcome.set_result, hashing()))
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            held.append(partial(outcome.set_exception, error))
        if len(held) >= HANDED_OVER_AT_ONCE or jobs.empty():
            for hand_over in held:
                hand_over()
            held.clear()
