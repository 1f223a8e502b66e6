from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from roamline.processes.supervisor import Service, Supervisor, pause_before_restart
from tests.support.sites import until

LASTING = "import threading; threading.Event().wait()"


def python(name: str, program: str, **options: object) -> Service:
    return Service(name, (sys.executable, "-c", textwrap.dedent(program)), **options)  # type: ignore[arg-type]


def supervise(tmp_path: Path, services: list[Service], scene: Callable[[Supervisor], None]) -> None:
    """Run the supervisor with ``scene`` in a thread beside it; the scene ends it."""

    async def both() -> None:
        supervisor = Supervisor(services, tmp_path / "logs", tmp_path / "run")
        loop = asyncio.get_running_loop()

        def play() -> None:
            try:
                scene(supervisor)
            finally:
                loop.call_soon_threadsafe(supervisor.stop)

        ready = asyncio.Event()
        running = asyncio.create_task(supervisor.run(ready.set))
        await asyncio.to_thread(play)
        await running

    asyncio.run(both())


def pid(tmp_path: Path, name: str) -> int:
    try:
        return int((tmp_path / "run" / f"{name}.pid").read_text())
    except (OSError, ValueError):
        return 0


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"


def test_a_killed_service_is_started_again(tmp_path: Path) -> None:
    def scene(_supervisor: Supervisor) -> None:
        until(lambda: pid(tmp_path, "a"))
        first = pid(tmp_path, "a")
        os.kill(first, signal.SIGKILL)
        until(lambda: pid(tmp_path, "a") not in {0, first})

    supervise(tmp_path, [python("a", LASTING)], scene)
    assert pid(tmp_path, "a") == 0


def test_what_a_killed_service_left_behind_is_killed_too(tmp_path: Path) -> None:
    program = f"""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", {LASTING!r}])
        print(child.pid, flush=True)
        child.wait()
    """
    log = tmp_path / "logs" / "a.log"

    def scene(_supervisor: Supervisor) -> None:
        until(lambda: log.exists() and log.read_text().strip())
        grandchild = int(log.read_text().split()[0])
        os.kill(pid(tmp_path, "a"), signal.SIGKILL)
        until(lambda: not alive(grandchild))

    supervise(tmp_path, [python("a", program)], scene)


def test_services_stop_in_the_order_of_their_waves(tmp_path: Path) -> None:
    record = tmp_path / "order"
    program = f"""
        import signal, sys, threading
        def stop(*_):
            with open({str(record)!r}, "a") as file:
                file.write(sys.argv[1] + "\\n")
            sys.exit()
        signal.signal(signal.SIGTERM, stop)
        print("up", flush=True)
        while True:
            signal.pause()
    """
    services = [
        Service(name, (sys.executable, "-c", textwrap.dedent(program), name), wave)
        for wave, name in ((3, "last"), (1, "first"), (2, "middle"))
    ]

    def scene(_supervisor: Supervisor) -> None:
        logs = [tmp_path / "logs" / f"{service.name}.log" for service in services]
        until(lambda: all(log.exists() and "up" in log.read_text() for log in logs))

    supervise(tmp_path, services, scene)
    assert record.read_text().split() == ["first", "middle", "last"]


def test_a_service_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    program = """
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("up", flush=True)
        while True:
            signal.pause()
    """
    log = tmp_path / "logs" / "deaf.log"
    processes: list[int] = []

    def scene(_supervisor: Supervisor) -> None:
        until(lambda: log.exists() and "up" in log.read_text())
        processes.append(pid(tmp_path, "deaf"))

    supervise(tmp_path, [python("deaf", program, patience=0.2)], scene)
    assert not alive(processes[0])


def test_a_program_that_is_not_there_does_not_end_the_others(tmp_path: Path) -> None:
    def scene(_supervisor: Supervisor) -> None:
        until(lambda: pid(tmp_path, "a"))

    supervise(tmp_path, [Service("ghost", ("/nonexistent/program",)), python("a", LASTING)], scene)


def test_ready_is_said_once_when_every_service_answers(tmp_path: Path) -> None:
    told: list[str] = []
    answers = {"a": False, "b": False}

    async def scene() -> None:
        services = [
            python("a", LASTING, is_ready=lambda: answers["a"]),
            python("b", LASTING, is_ready=lambda: answers["b"]),
        ]
        supervisor = Supervisor(services, tmp_path / "logs", tmp_path / "run")
        running = asyncio.create_task(supervisor.run(lambda: told.append("ready")))
        answers["a"] = True
        await asyncio.to_thread(until, lambda: pid(tmp_path, "b"))
        assert told == []
        answers["b"] = True
        await asyncio.to_thread(until, lambda: told)
        supervisor.stop()
        await running

    asyncio.run(scene())
    assert told == ["ready"]


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = f"""
        import asyncio, pathlib, sys
        from roamline.processes.supervisor import Service, Supervisor
        here = pathlib.Path({str(tmp_path)!r})
        service = Service("a", (sys.executable, "-c", {LASTING!r}))
        asyncio.run(Supervisor([service], here / "logs", here / "run").run(lambda: None))
    """
    supervisor = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)])
    try:
        until(lambda: pid(tmp_path, "a"))
        service = pid(tmp_path, "a")
        supervisor.kill()
        until(lambda: not alive(service))
    finally:
        supervisor.kill()
        supervisor.wait()


def test_pauses_grow_and_end_at_ten_seconds() -> None:
    pauses = [pause_before_restart(deaths) for deaths in range(1, 10)]
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10
