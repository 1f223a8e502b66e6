"""A small world for one test: a registrar, a device-API server, and agents with real baresips."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from roamline_desk_agent.agent import Agent
from roamline_desk_agent.baresip_config import Sound
from roamline_desk_agent.baresip_process import Programme, find_baresip
from roamline_desk_agent.device_api import Server
from roamline_desk_agent.secret import Secret
from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.registrar import REALM, Registrar, start_registrar

LOOK_EVERY_S = 0.01


@dataclass(slots=True)
class Scene:
    """Everything, and the words a test says."""

    folder: Path
    registrar: Registrar
    server: DeviceServer
    running: list[asyncio.Task[None]] = field(default_factory=list)

    async def log_in(self, device: str, numbers: list[str], user: str | None = None, **more: object) -> int:
        """The device gets these numbers, with a new secret; the version."""
        secret = token_hex(8)
        self.registrar.grant(device, numbers, secret)
        lines = [
            {"index": index, "number": number, "label": number, "display_name": user or ""}
            for index, number in enumerate(numbers, 1)
        ]
        return await self.server.push(
            device,
            realm=REALM,
            registrar={"host": "127.0.0.1", "port": self.registrar.port, "transport": "udp"},
            auth_user=device,
            secret=secret,
            user={"user_id": user, "display_name": user} if user else None,
            locale="en",
            lines=lines,
            speed_dials=[{"position": 2, "label": "Bob", "number": "1002"}],
            emergency_numbers=["112"],
            **more,
        )

    async def start(self, device: str, auto_answer_ms: int | None = None) -> Any:
        """An agent for the device, running (`Any`: a test looks into it without asking what is None)."""
        executable, modules = find_baresip()
        programme = Programme(executable, modules, self.folder / device, "127.0.0.1", None, Sound())
        server = Server(self.server.url, device, Secret(self.server.token))
        agent = Agent(server, programme, None, auto_answer_ms, headsets="simulated")  # not those of this machine
        self.running.append(asyncio.create_task(agent.run()))
        return agent

    async def stop_agents(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A registrar and a server on free ports; at the end everything is stopped."""
    server = DeviceServer(token_hex(8))
    await server.start()
    here = Scene(folder, await start_registrar(), server)
    try:
        yield here
    finally:
        await here.stop_agents()
        await server.stop()
        assert here.registrar.transport
        here.registrar.transport.close()


async def until(true: Callable[[], Any], within_s: float = 15.0) -> None:
    """Look again and again until `true()`."""
    try:
        async with asyncio.timeout(within_s):
            while not true():
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise AssertionError("it did not come true in time") from None


def play(story: Coroutine[Any, Any, None], within_s: float = 60.0) -> None:
    """Run one story to its end."""
    logging.getLogger("roamline.agent").setLevel(logging.DEBUG)
    asyncio.run(asyncio.wait_for(story, within_s))


def is_registered(agent: Agent, number: str) -> bool:
    """Whether the agent knows its number to be registered."""
    states = {account.number: agent.phone.registrations.of(account.aor) for account in agent.phone.present}
    return number in states and states[number].is_registered


def are_registered(agent: Agent, numbers: list[str]) -> Callable[[], bool]:
    """A question for `until`."""
    return lambda: all(is_registered(agent, number) for number in numbers)


def registered_numbers(registrar: Registrar) -> dict[str, int]:
    """How many contacts each number has at the registrar."""
    return {number: len(contacts) for number, contacts in registrar.bindings.items() if contacts}
