"""The supervisor: starts services, writes their logs, starts again what dies, and stops everything in order.

Every service leads a process group of its own, so that what it started goes with it, and is bound to the
supervisor's life by the kernel, so that nothing is left even when the supervisor itself is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path

from roamline.platform.logs import LogFile
from roamline.processes import child

STEADY_AFTER = 10.0
"""Seconds after which a service counts as having started well: its next death is its first again."""
LONGEST_PAUSE = 10.0
LINE_LIMIT = 1024 * 1024
LOOK_WHETHER_WANTED = 0.3
SAME_ERROR_AFTER = 60.0
ERRORS_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """One process to keep running. ``wave`` orders the stop: 0 stops first; ``patience`` is in seconds.

    While ``is_wanted`` says no it is stopped, and started again as soon as it says yes.
    """

    name: str
    argv: tuple[str, ...]
    wave: int = 0
    is_ready: Callable[[], bool] | None = None
    patience: float = 5.0
    environment: Mapping[str, str] | None = None
    is_wanted: Callable[[], bool] | None = None


@dataclass(slots=True)
class _Running:
    service: Service
    log: LogFile
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)


def pause_before_restart(deaths: int) -> float:
    """Seconds to wait after that many deaths in a row: none after the first, then doubling up to ten."""
    return 0.0 if deaths <= 1 else min(0.1 * 2**deaths, LONGEST_PAUSE)


def say(line: str) -> None:
    """One short line for the person at the terminal."""
    print(f"roamline: {line}", file=sys.stderr, flush=True)


class Supervisor:
    """Keeps ``services`` running until :meth:`stop` or a signal; logs go to ``logs``, pid files to ``run``."""

    def __init__(self, services: Sequence[Service], logs: Path, run: Path) -> None:
        self._running = [_Running(service, LogFile(logs / f"{service.name}.log")) for service in services]
        self._run = run
        self._logs = logs
        self._stopping = asyncio.Event()
        self._signals = 0
        self._said: dict[tuple[str, str], float] = {}

    async def run(self, on_ready: Callable[[], None], chores: Sequence[Callable[[], None]] = ()) -> None:
        """Run until stopped; ``on_ready`` is called once, when every service answers; ``chores`` every minute."""
        self._run.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sign, self._on_signal)
        keepers = [asyncio.create_task(self._keep(each)) for each in self._running]
        side = [asyncio.create_task(self._announce(on_ready)), asyncio.create_task(self._do(chores))]
        await self._stopping.wait()
        for task in side:
            task.cancel()
        await self._stop_in_order()
        await asyncio.gather(*keepers, *side, return_exceptions=True)

    def stop(self) -> None:
        """Begin to stop everything; :meth:`run` returns when it is done."""
        self._stopping.set()

    def restart(self, name: str) -> None:
        """End one service; it is started again at once."""
        for each in self._running:
            if each.service.name == name and each.process is not None:
                each.deaths = 0
                _signal(each.process, signal.SIGTERM)

    def _on_signal(self) -> None:
        self._signals += 1
        if self._signals > 1:  # somebody is in a hurry
            for each in self._running:
                if each.process is not None:
                    child.kill_group(each.process.pid)
        self.stop()

    async def _keep(self, each: _Running) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not self._stopping.is_set():
                await self._until_wanted(each.service)
                if self._stopping.is_set():
                    return
                started = loop.time()
                ending = await self._run_once(each)
                if self._stopping.is_set():
                    return
                if not _is_wanted(each.service):
                    say(_("%s is stopped") % each.service.name)
                    continue
                each.deaths = 1 if loop.time() - started > STEADY_AFTER else each.deaths + 1
                pause = pause_before_restart(each.deaths)
                said = _("%(service)s %(ending)s; starting it again") % {"service": each.service.name, "ending": ending}
                say(said + (" " + _("in %s s") % f"{pause:.1f}" if pause else ""))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
        finally:
            each.log.close()
            each.done.set()

    async def _until_wanted(self, service: Service) -> None:
        while not self._stopping.is_set() and not _is_wanted(service):
            await asyncio.sleep(LOOK_WHETHER_WANTED)

    async def _stop_when_unwanted(self, each: _Running, process: subprocess.Popen[bytes]) -> None:
        while _is_wanted(each.service):
            await asyncio.sleep(LOOK_WHETHER_WANTED)
        _signal(process, signal.SIGTERM)

    async def _run_once(self, each: _Running) -> str:
        """Start the service and see it end; how it ended, in words."""
        pid_file = self._run / f"{each.service.name}.pid"
        try:
            process = self._started(each.service)
        except OSError as error:
            return _("cannot be started (%s)") % f"{error.strerror}: {each.service.argv[0]}"
        each.process = process
        pid_file.write_text(f"{process.pid}\n")
        lines = asyncio.create_task(self._write_log(each, process))
        watch = asyncio.create_task(self._stop_when_unwanted(each, process)) if each.service.is_wanted else None
        code = await _end_of(process)
        if watch is not None:
            watch.cancel()
        child.kill_group(process.pid)  # what it started and left behind still holds its ports
        each.process = None
        pid_file.unlink(missing_ok=True)
        await asyncio.wait({lines}, timeout=1)
        lines.cancel()
        return _("ended by %s") % signal.Signals(-code).name if code < 0 else _("ended with %s") % code

    def _started(self, service: Service) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            service.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
            # Only the main thread forks here, and what runs in the child takes no lock.
            preexec_fn=child.bound_to_this_process(),  # noqa: PLW1509
            env=service.environment,
        )

    async def _write_log(self, each: _Running, process: subprocess.Popen[bytes]) -> None:
        reader = asyncio.StreamReader(LINE_LIMIT)
        loop = asyncio.get_running_loop()
        transport, _protocol = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), process.stdout
        )
        try:
            while line := await _next_line(reader):
                each.log.write(line)
                if b'"level": "error"' in line or b'"level": "critical"' in line:
                    self._say_error(each.service.name, _event(line))
        finally:
            transport.close()

    def _say_error(self, name: str, event: str) -> None:
        """Tell the person at the terminal of an error, the same one once a minute at most: the log has them all."""
        now = asyncio.get_running_loop().time()
        if now - self._said.get((name, event), -SAME_ERROR_AFTER) >= SAME_ERROR_AFTER:
            if len(self._said) >= ERRORS_REMEMBERED:
                self._said.clear()
            self._said[name, event] = now
            say(f"{name}: {event} " + _("(see %s)") % f"{self._logs / name}.log")

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        waiting = [
            each.service for each in self._running if each.service.is_ready is not None and _is_wanted(each.service)
        ]
        complained = False
        while waiting:
            states = await asyncio.gather(*(asyncio.to_thread(_is_ready, service) for service in waiting))
            waiting = [service for service, ready in zip(waiting, states, strict=True) if not ready]
            if waiting and not complained and loop.time() - started > 60:
                complained = True
                late = {"names": ", ".join(service.name for service in waiting), "folder": self._logs}
                say(_("not ready after a minute: %(names)s; see %(folder)s") % late)
            await asyncio.sleep(0.05 if waiting else 0)
        on_ready()

    async def _do(self, chores: Sequence[Callable[[], None]]) -> None:
        while True:
            await asyncio.sleep(60)
            for chore in chores:
                chore()

    async def _stop_in_order(self) -> None:
        for wave in sorted({each.service.wave for each in self._running}):
            await asyncio.gather(*(self._stop(each) for each in self._running if each.service.wave == wave))

    async def _stop(self, each: _Running) -> None:
        if each.process is not None:
            _signal(each.process, signal.SIGTERM)
        try:
            await asyncio.wait_for(each.done.wait(), each.service.patience)
        except TimeoutError:
            late = {"service": each.service.name, "seconds": f"{each.service.patience:.0f}"}
            say(_("%(service)s did not stop in %(seconds)s s; killing it") % late)
            if each.process is not None:
                child.kill_group(each.process.pid)
            await each.done.wait()


async def _end_of(process: subprocess.Popen[bytes]) -> int:
    """The exit code, as soon as the process itself has ended.

    asyncio's own ``wait`` also waits for the end of its output, which what it left behind may hold open.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def tell(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def wait() -> None:
        code = process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
            loop.call_soon_threadsafe(tell, code)

    threading.Thread(target=wait, daemon=True).start()
    return await ended


async def _next_line(reader: asyncio.StreamReader) -> bytes:
    """The next line, or as much of it as is kept when it is longer than LINE_LIMIT; nothing at the end."""
    while True:
        try:
            return await reader.readline()
        except ValueError:
            continue


def _signal(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(sign)


def _is_wanted(service: Service) -> bool:
    return service.is_wanted is None or service.is_wanted()


def _is_ready(service: Service) -> bool:
    return service.is_ready is None or service.is_ready()


def _event(line: bytes) -> str:
    try:
        return str(json.loads(line)["event"])[:200]
    except (ValueError, KeyError, TypeError):
        return line[:200].decode(errors="replace").strip()
