"""Jobs of the bulk administration run in a child process of the engine, one at a time per node (BL-1).

A child, so that a large table costs the engine neither memory nor time, and its end, however it comes, is seen. It is
bound to the engine's life; what it leaves undone is taken up again when its lease ends, by whichever node is alive.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from datetime import UTC, datetime

import structlog
from asgiref.sync import sync_to_async

from roamline.platform import wake
from roamline.processes.child import bound_to_this_process

_log = structlog.get_logger("roamline.jobs")

LOOK_EVERY = 2.0
PRIORITY = 10
"""How much a job steps back behind log-ins: its niceness."""


async def keep_working() -> None:
    """A task of the engine: start a child for as long as a job waits, woken when one is asked for."""
    with wake.Listener("engine-jobs") as listener:
        while True:
            if await sync_to_async(_has_work)():
                await _child()
            else:
                await listener.wait(LOOK_EVERY)


def _has_work() -> bool:
    from django.db import close_old_connections

    from roamline.rooms.bulk import service

    try:
        return service.has_work(datetime.now(UTC))
    finally:
        close_old_connections()


async def _child() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "roamline.processes.jobs", preexec_fn=bound_to_this_process()
    )
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise
    if code:
        _log.error("job process failed", code=code)
        await sync_to_async(_release)(child.pid)
        await asyncio.sleep(LOOK_EVERY)


def _release(pid: int) -> None:
    from django.db import close_old_connections

    from roamline.rooms.bulk import service

    try:
        service.release(worker(pid), datetime.now(UTC))
    finally:
        close_old_connections()


def worker(pid: int) -> str:
    """What a child calls itself."""
    from django.conf import settings

    return f"{settings.CONFIG['site.node']} job {pid}"[:64]


def main() -> None:
    """Work on one job, if one waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    os.nice(PRIORITY)
    import django

    from roamline.platform import logs

    logs.configure("jobs")
    django.setup()
    from roamline.rooms.bulk import running, service

    job = service.claim(worker(os.getpid()), datetime.now(UTC))
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: stopping.set())
    if job is not None:
        done = running.run(running.Work(job, lambda: datetime.now(UTC), is_stopping=stopping.is_set))
        _log.info("job ended", job=done.pk, table=done.table, state=done.state, rows=done.rows_seen)


if __name__ == "__main__":
    main()
