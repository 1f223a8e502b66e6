"""The agent: keeps baresip running, the phone as the server says, and the server informed."""

import asyncio
import logging
import time
from datetime import UTC, datetime

from roamline_desk_agent.accounts import accounts_of
from roamline_desk_agent.backoff import Backoff
from roamline_desk_agent.baresip_config import NoFreePortError, route_of
from roamline_desk_agent.baresip_control import ControlLostError
from roamline_desk_agent.baresip_process import BaresipStartError, Programme, Running, start
from roamline_desk_agent.calls import Call, CallEnded, CallFact, CallStarted
from roamline_desk_agent.configuration import Configuration, Registrar
from roamline_desk_agent.desk import Desk, Source
from roamline_desk_agent.device_api import DeviceApi, Server, ServerError, StreamFact
from roamline_desk_agent.following import Following
from roamline_desk_agent.journal import Journal
from roamline_desk_agent.phone import CannotDoError, Phone
from roamline_desk_agent.reports import Reports
from roamline_desk_agent.sound import keep_sound
from roamline_desk_agent.words import _

log = logging.getLogger("roamline.agent")

STEADY_AFTER_S = 30.0
CALL_EVENTS = frozenset({"call_started", "call_ended"})


class Agent:
    """`desired` is what the server wants, `applied` what the phone is; they differ while a call goes on (EM-42).

    Without a `programme` the agent is no phone: it is bound to a desk phone and serves that one's headsets (HS-40)."""

    def __init__(
        self,
        server: Server,
        programme: Programme | None,
        override: Registrar | None = None,
        auto_answer_ms: int | None = None,
        headsets: Source = "usb",
    ) -> None:
        self.server = server
        self.desired: Configuration | None = None
        self.applied: Configuration | None = None
        self.reports, self.journal = Reports(), Journal()
        self.phone = Phone(self._on_call, self._on_registered)
        self._programme, self._override, self._auto_answer_ms = programme, override, auto_answer_ms
        self._api = DeviceApi(server, is_phone=programme is not None)
        bound = programme is None
        self.desk = Desk(self._api, self.reports, self.journal, self.phone.bell, headsets, is_bound=bound)
        self.following = Following(self._api, self._prepare, self._have, self._take)
        self._running: Running | None = None
        self._restarts = 0
        self._mending = Backoff(0.5, 10.0)
        self._early: set[str] = set()
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def server_state(self) -> str:
        """How the server is, in words."""
        return self.following.state

    async def run(self) -> None:
        """Be a phone until cancelled; then un-register. A bound agent only serves the desk."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if self._programme:
                    tasks.create_task(self._keep_baresip(self._programme))
                    tasks.create_task(self._settle())
                    tasks.create_task(keep_sound(self.phone, self.desk.rack))
                tasks.create_task(self.desk.watch())  # before the stream: the first list is then complete
                tasks.create_task(self.following.run())
                tasks.create_task(self.reports.deliver(self._api))
        finally:
            await self._api.close()

    async def answer(self, line: str = "") -> Call:
        """Answer a call: on that line, else on the prime line where only that one answers an idle phone (EM-32).

        Raises CannotDoError, ControlLostError."""
        is_idle = not any(call.state == "established" for call in self.phone.book.calls)
        prime = self.applied.prime_line if self.applied and is_idle else ""
        return await self.phone.answer(line or prime)

    async def talk(self) -> Call:
        """Be heard in the intercom call that is up (EM-33). Raises CannotDoError, ControlLostError."""
        for call in self.phone.book.calls:
            if call.direction == "in" and call.state == "established" and self._is_intercom(call):
                await self.phone.talk(call)
                return call
        raise CannotDoError(_("there is no intercom call to talk in"))

    def _is_intercom(self, call: Call) -> bool:
        return self.applied is not None and self.applied.is_intercom(self.phone.number_of(call))

    def baresip_facts(self) -> dict[str, object]:
        """Whether and how baresip runs."""
        running = self._running
        return {
            "running": running is not None,
            "pid": running.process.pid if running else None,
            "sip_port": running.ports.sip if running else None,
            "restarts": self._restarts,
        }

    async def _keep_baresip(self, programme: Programme) -> None:
        backoff = Backoff(0.2, 10.0)
        while True:
            began = time.monotonic()
            try:
                await self._run_baresip(programme)
            except (BaresipStartError, NoFreePortError, OSError) as trouble:
                log.error("%s", trouble)
            if time.monotonic() - began > STEADY_AFTER_S:
                backoff.reset()
            self._restarts += 1
            await asyncio.sleep(backoff.wait_s())

    async def _run_baresip(self, programme: Programme) -> None:
        gone = asyncio.Event()
        running = await start(programme, self.phone.hear, self.phone.read_line, gone.set)
        log.info("baresip runs as process %d, SIP port %d", running.process.pid, running.ports.sip)
        self._running = running
        self.phone.attach(running.control, route_of(running.ports, programme.sound))
        waits = [asyncio.ensure_future(each.wait()) for each in (gone, running.control.lost)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            log.error("baresip has gone (exit code %s): starting it again", running.process.returncode)
        finally:
            for wait in waits:
                wait.cancel()
            await running.stop()
            self._running = None
            self.phone.detach("baresip stopped")

    async def _prepare(self) -> None:
        if self._programme:
            await self._fetch()

    async def _fetch(self) -> None:
        configuration = await self._api.configuration()
        self.following.note("connected")
        self._want(configuration)

    def _have(self) -> int:
        known = self.applied or self.desired
        return known.version if known else 0

    def _take(self, fact: StreamFact) -> None:
        if isinstance(fact, Configuration):
            self._want(fact)
        else:
            self.desk.take(fact)

    def _want(self, configuration: Configuration) -> None:
        if not configuration.is_same_as(self.desired):
            log.info("the server has configuration version %d", configuration.version)
            self.desired = configuration
            self.phone.bell.ring()

    async def _settle(self) -> None:
        while True:
            await self.phone.bell.until(lambda: self._has_new() or self._is_failed())
            if not self._has_new():
                await self._pause_before_mending()
            try:
                await self._change()
            except (ControlLostError, CannotDoError) as trouble:
                log.error("the configuration could not be applied yet: %s", trouble)
                await asyncio.sleep(self._mending.wait_s())

    def _has_new(self) -> bool:
        phone, desired = self.phone, self.desired
        if desired is None or not phone.is_running or not phone.is_idle:
            return False
        return not desired.is_same_as(self.applied) or accounts_of(desired, self._override) != phone.in_order()

    def _is_failed(self) -> bool:
        return self.phone.is_running and self.phone.is_idle and bool(self.phone.failed())

    async def _pause_before_mending(self) -> None:
        # baresip itself would wait 30 seconds or more after a failed REGISTER.
        if await self.phone.bell.until(self._has_new, self._mending.wait_s()):
            return
        if any(self.phone.registrations.of(account.aor).is_refused for account in self.phone.failed()):
            try:
                await self._fetch()
            except ServerError as trouble:
                self.following.note(str(trouble))

    async def _change(self) -> None:
        desired = self.desired
        if desired is None:
            return
        self.phone.emergency_numbers = desired.emergency_numbers
        changed = await self.phone.change_to(accounts_of(desired, self._override), self.phone.failed())
        if changed and not desired.is_same_as(self.applied):
            self._forget_calls_before(desired)
            self.applied = desired
            self._record("applied", version=desired.version)
            early, self._early = self._early, set()
            for aor in sorted(early):
                self._on_registered(aor)
            self.phone.bell.ring()

    def _forget_calls_before(self, desired: Configuration) -> None:
        # Whichever versions were missed: the number says whether one of them ended the history.
        if self.applied is not None and desired.history_version != self.applied.history_version:
            self.phone.book.clear_history()
            self.journal.forget(CALL_EVENTS)
            log.info("the call history is cleared")

    def _on_registered(self, aor: str) -> None:
        if not self.phone.failed():
            self._mending.reset()
        if self.applied is None or not self.applied.is_same_as(self.desired):
            self._early.add(aor)  # "applied" is told first: the registrar can be faster than the last step
            return
        number = next((account.number for account in self.phone.wanted if account.aor == aor), None)
        if number and self.phone.registrations.of(aor).is_registered:
            self._record("registered", number=number, version=self.applied.version)

    def _on_call(self, fact: CallFact) -> None:
        match fact:
            case CallStarted(call):
                self._record("call_started", call_id=call.call_id, peer=call.peer, direction=call.direction)
                if call.direction == "in" and self._is_intercom(call):
                    self._answer_later(0, self.phone.number_of(call))
                elif call.direction == "in" and self._auto_answer_ms is not None:
                    self._answer_later(self._auto_answer_ms / 1000)
            case CallEnded(ended):
                self._record("call_ended", call_id=ended.call.call_id, reason=ended.reason)

    def _answer_later(self, seconds: float, line: str = "") -> None:
        task = asyncio.create_task(self._answer_after(seconds, line))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer_after(self, seconds: float, line: str) -> None:
        await asyncio.sleep(seconds)
        try:
            await self.answer(line)
        except (CannotDoError, ControlLostError) as trouble:
            log.info("not answered by itself: %s", trouble)

    def _record(self, event: str, **facts: object) -> None:
        now = datetime.now(UTC)
        log.info("%s %s", event, " ".join(f"{name}={value}" for name, value in facts.items()))
        self.reports.add(event, now, **facts)
        self.journal.add(event, now, **facts)
