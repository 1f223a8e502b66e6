"""The engine: fires what is due, performs effects, and keeps the doors' long-lived tasks running.

Any number of engines may run on one database: every row is claimed by lease in the ledger. A wake-up shortens the
wait, a look every second makes sure; so a lost wake-up costs a second and never a row.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from roamline.platform import config, logs, metrics, wake
from roamline.platform.engine_tasks import EngineTask, engine_tasks
from roamline.processes import jobs
from roamline.processes.probes import alive_file

_log = structlog.get_logger("roamline.engine")

LOOK_EVERY = 1.0
ROWS_AT_ONCE = 50
STEADY_AFTER = 30.0
LONGEST_PAUSE = 30.0
LISTEN_AGAIN_AFTER = 5.0

Work = Callable[[datetime, int], int]


def main() -> None:
    """Run the engine until SIGTERM or SIGINT; what it has claimed and begun is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    logs.configure("engine")
    import django

    django.setup()
    from roamline.rooms.ledger import service

    # What was imported stays until the end: to look through it again and again costs more than what much work needs.
    gc.freeze()
    settings = config.load()
    works: dict[str, Work] = {"deadlines": service.fire_due_deadlines, "effects": service.perform_due_effects}
    asyncio.run(run(works, [*engine_tasks, jobs.keep_working], alive_file(settings.run_dir)))


async def run(works: dict[str, Work], tasks: list[EngineTask], alive: Path) -> None:
    """Do each of ``works`` whenever woken and every second, and keep ``tasks`` running, until a signal comes."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    side = [asyncio.create_task(keep(task, stopping)) for task in [*tasks, *_listening()]]
    alive.parent.mkdir(parents=True, exist_ok=True)
    alive.write_text(f"{os.getpid()}\n")
    _log.info("engine started", tasks=[_name(task) for task in tasks])
    try:
        # Each work has a loop of its own: a slow effect must not keep a deadline waiting.
        await asyncio.gather(*(work_until(stopping, kind, work) for kind, work in works.items()))
    finally:
        alive.unlink(missing_ok=True)
        for each in side:
            each.cancel()
        await asyncio.gather(*side, return_exceptions=True)
    _log.info("engine stopped")


async def work_until(stopping: asyncio.Event, kind: str, work: Work) -> None:
    """Do one work, in a thread, whenever woken and every second.

    A round that fails is logged and tried again at the next look.
    """
    stopped = asyncio.create_task(stopping.wait())
    with wake.Listener(f"engine-{kind}") as listener:
        while not stopping.is_set():
            rows = await asyncio.to_thread(_do, kind, work)
            metrics.engine_rounds.labels(kind).inc(rows)
            if rows:
                continue  # there may be more
            waiting = asyncio.create_task(listener.wait(LOOK_EVERY))
            await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


def _do(kind: str, work: Work) -> int:
    from django.db import close_old_connections

    try:
        return work(datetime.now(UTC), ROWS_AT_ONCE)
    except Exception:  # noqa: BLE001 - a process loop: whatever it was, the next look tries again
        _log.exception("work failed", work=kind)
        return 0
    finally:
        close_old_connections()


async def keep(task: EngineTask, stopping: asyncio.Event) -> None:
    """Run a task again whenever it ends or fails: at once after a long life, else after a growing pause."""
    failures = 0
    while not stopping.is_set():
        started = time.monotonic()
        try:
            await task()
            _log.warning("task ended", task=_name(task))
        except Exception:  # noqa: BLE001 - a process loop: a door's failure must not end the engine
            _log.exception("task failed", task=_name(task))
        failures = 0 if time.monotonic() - started > STEADY_AFTER else failures + 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), min(0.25 * 2**failures, LONGEST_PAUSE))


def _name(task: EngineTask) -> str:
    return f"{task.__module__}.{getattr(task, '__qualname__', type(task).__qualname__)}"


def _listening() -> list[EngineTask]:
    from django.db import connection

    return [_listen_to_database] if connection.vendor == "postgresql" else []


async def _listen_to_database() -> None:
    """Pass other nodes' wake-ups, which come as PostgreSQL notifications, on to this node's processes."""
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    plain = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**plain, autocommit=True) as listening:
                await listening.execute(f"LISTEN {wake.CHANNEL}")
                async for _notice in listening.notifies():
                    wake.node()
        except psycopg.OperationalError:
            # The engine polls meanwhile; the database's absence is reported by the works themselves.
            await asyncio.sleep(LISTEN_AGAIN_AFTER)


if __name__ == "__main__":
    main()
