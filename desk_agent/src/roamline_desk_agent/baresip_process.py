"""One baresip process: written, started, listened to, stopped."""

import asyncio
import logging
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from roamline_desk_agent.baresip_config import Ports, Sound, config_text, module_folder, pick_ports
from roamline_desk_agent.baresip_control import Control, Event, connect
from roamline_desk_agent.words import _

log = logging.getLogger("roamline.agent")

READY_WITHIN_S = 5.0
STOP_WITHIN_S = 2.0
MOST_LINE_BYTES = 64 * 1024
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PASSWORDS = re.compile(r"auth_pass=[^;\s]*")


class BaresipMissingError(RuntimeError):
    """baresip or its modules are not installed."""


class BaresipStartError(RuntimeError):
    """baresip ended, or gave no control connection, within 5 seconds."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Where baresip is, where it may write, and how it is to listen and sound."""

    executable: str
    modules: Path
    folder: Path
    bind: str
    sip_port: int | None
    sound: Sound


@dataclass(frozen=True, slots=True)
class Running:
    """A baresip that is ready."""

    process: asyncio.subprocess.Process
    control: Control
    ports: Ports
    reader: asyncio.Task[None]

    async def stop(self) -> None:
        """End it: it un-registers and hangs up; after 2 seconds it is killed."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.control.close()
        await self.reader


def find_baresip(executable: str = "baresip") -> tuple[str, Path]:
    """The executable and its module folder. Raises BaresipMissingError, naming the Debian package."""
    found, modules = shutil.which(executable), module_folder()
    if found is None:
        raise BaresipMissingError(
            _("%(executable)s is not installed: on Debian, apt-get install baresip-core") % {"executable": executable}
        )
    if modules is None:
        raise BaresipMissingError(
            _("baresip's modules (ctrl_tcp.so) are missing: on Debian, apt-get install baresip-core")
        )
    return found, modules


async def start(
    programme: Programme, on_event: Callable[[Event], None], on_line: Callable[[str], None], on_exit: Callable[[], None]
) -> Running:
    """A running baresip without accounts. Raises BaresipStartError, NoFreePortError, OSError."""
    ports = pick_ports(programme.bind, programme.sip_port)
    _write_config(programme, ports)
    process = await asyncio.create_subprocess_exec(
        *_bound_to_us(),
        programme.executable,
        "-6" if ":" in programme.bind else "-4",
        "-f",
        str(programme.folder),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=MOST_LINE_BYTES,
    )
    last_words: list[str] = []
    reader = asyncio.create_task(_listen(process, on_line, last_words, on_exit))
    try:
        control = await _connect(process, ports.control, on_event)
    except BaseException:
        await _kill(process, reader)
        raise
    if control is None:
        await _kill(process, reader)
        raise BaresipStartError(
            _("baresip would not start: %(why)s") % {"why": "; ".join(last_words[-3:]) or _("it said nothing")}
        )
    return Running(process, control, ports, reader)


def _write_config(programme: Programme, ports: Ports) -> None:
    programme.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = config_text(programme.bind, ports, programme.sound, programme.modules)
    (programme.folder / "config").write_text(text)
    (programme.folder / "accounts").write_text("")


def _bound_to_us() -> list[str]:
    # When the agent is killed, baresip must not live on with its registrations.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


async def _connect(process: asyncio.subprocess.Process, port: int, on_event: Callable[[Event], None]) -> Control | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN_S):
            while process.returncode is None:
                with suppress(OSError):
                    return await connect(port, on_event)
                await asyncio.sleep(0.01)
    return None


async def _kill(process: asyncio.subprocess.Process, reader: asyncio.Task[None]) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    await reader


async def _listen(
    process: asyncio.subprocess.Process,
    on_line: Callable[[str], None],
    last_words: list[str],
    on_exit: Callable[[], None],
) -> None:
    assert process.stdout  # noqa: S101 - asked for above
    while True:
        try:
            raw = await process.stdout.readline()
        except ValueError:
            continue  # a line over the limit: asyncio has dropped it
        if not raw:
            break
        line = PASSWORDS.sub("auth_pass=***", COLOURS.sub("", raw.decode("utf-8", "replace"))).rstrip()
        if line:
            last_words[:] = [*last_words[-9:], line]
        on_line(line)
    await process.wait()
    on_exit()
