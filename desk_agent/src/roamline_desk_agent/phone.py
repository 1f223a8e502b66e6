"""The desk phone: one baresip's accounts and calls, and what a person can do with them."""

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from roamline_desk_agent.accounts import Account, account_line, address
from roamline_desk_agent.baresip_config import Route
from roamline_desk_agent.baresip_control import Answer, Control, ControlLostError, Event
from roamline_desk_agent.bell import Bell
from roamline_desk_agent.calls import Call, CallBook, CallFact
from roamline_desk_agent.plan import Add, Remove, Step, after, dialling_account, plan
from roamline_desk_agent.registrations import Registrations
from roamline_desk_agent.rtp_statistics import SummaryReader
from roamline_desk_agent.words import _, gettext_noop

log = logging.getLogger("roamline.agent")

DIALLABLE = re.compile(r"[0-9A-Za-z*#+._-]{1,64}")
NO_SOUND = ("no such", "failed to")  # baresip 1.0.0 says ok to these
QUIET = frozenset({"CALL_LOCAL_SDP", "CALL_REMOTE_SDP", "CALL_RTCP", "CALL_RTPESTAB", "CALL_MENC"})


class CannotDoError(Exception):
    """The phone cannot do what was asked; the text says why."""


class Phone:
    """All changes of accounts and all dialling happen under one lock: a dial during a change waits its few
    milliseconds and then has the new account. `on_call` and `on_registered` are told facts as they come."""

    def __init__(self, on_call: Callable[[CallFact], None], on_registered: Callable[[str], None]) -> None:
        self.bell = Bell()
        self.book = CallBook()
        self.registrations = Registrations()
        self.present: tuple[Account, ...] = ()
        self.wanted: tuple[Account, ...] = ()
        self.emergency_numbers: tuple[str, ...] = ()
        self._on_call, self._on_registered = on_call, on_registered
        self.starts = 0
        self.usual_sound: Route | None = None
        self._control: Control | None = None
        self._summaries = SummaryReader()
        self._lock = asyncio.Lock()

    @property
    def is_idle(self) -> bool:
        """Whether there is no call, not even a ringing one."""
        return not self.book.is_busy()

    @property
    def is_changing(self) -> bool:
        """Whether accounts are being changed, or a call is being dialled, just now."""
        return self._lock.locked()

    @property
    def is_running(self) -> bool:
        """Whether baresip is there."""
        return self._control is not None

    def in_order(self) -> tuple[Account, ...]:
        """The accounts there are, as the wanted lines come; equal to `wanted` when nothing is missing or left over."""
        ranks = {account: rank for rank, account in enumerate(self.wanted)}
        return tuple(sorted(self.present, key=lambda account: ranks.get(account, len(ranks))))

    def failed(self) -> tuple[Account, ...]:
        """The accounts whose registration failed."""
        return tuple(each for each in self.present if self.registrations.of(each.aor).state == "failed")

    def attach(self, control: Control, usual_sound: Route | None = None) -> None:
        """A new baresip is there, without accounts, with its usual sound."""
        self._control, self._summaries = control, SummaryReader()
        self.starts, self.usual_sound = self.starts + 1, usual_sound
        self.bell.ring()

    def detach(self, reason: str) -> None:
        """baresip is gone, and with it all accounts and calls."""
        self._control, self.present = None, ()
        self.registrations.keep_only(())
        self._tell(self.book.end_all(reason, datetime.now(UTC)))
        self.bell.ring()

    def hear(self, event: Event) -> None:
        """Take one event of baresip in."""
        if event.get("type") not in QUIET:
            level = logging.WARNING if event.get("type") == "REGISTER_FAIL" else logging.DEBUG
            log.log(level, "%s %s %s", event.get("type"), event.get("accountaor", ""), event.get("param", ""))
        if registered := self.registrations.hear(event):
            self._on_registered(registered)
        self._tell(self.book.hear(event, datetime.now(UTC)))
        self.bell.ring()

    def read_line(self, line: str) -> None:
        """Take one line of baresip's output in."""
        log.debug("baresip: %s", line)
        if summary := self._summaries.read(line):
            self.book.summarise(summary)
            self.bell.ring()

    async def change_to(self, wanted: Sequence[Account], stale: Collection[Account] = ()) -> bool:
        """Have these accounts, unless there is a call (EM-42): then False, nothing of the call was touched, and asking
        again when the phone is idle goes on from there. Raises ControlLostError, CannotDoError."""
        async with self._lock:
            if self.book.is_busy():
                return False
            self.wanted = tuple(wanted)
            for step in plan(self.present, self.wanted, stale):
                if isinstance(step, Remove) and self.book.is_busy():
                    return False
                await self._carry_out(step)
            return True

    async def dial(self, number: str) -> None:
        """Call a number from the first line. Raises CannotDoError, ControlLostError."""
        if not DIALLABLE.fullmatch(number):
            raise CannotDoError(_("%(number)r is not a number that can be dialled") % {"number": number[:64]})
        async with self._lock:
            account = dialling_account(self.present, self.wanted, is_emergency=number in self.emergency_numbers)
            if account is None:
                raise CannotDoError(_("this phone has no line: no configuration was applied yet"))
            await self._command("uafind", account.aor)
            answer = await self._command("dial", address(number, account.realm))
            if not answer.ok:
                self.book.forget_dialling()
                raise CannotDoError(
                    _("baresip would not dial: %(why)s") % {"why": answer.text.strip() or _("no reason given")}
                )

    def number_of(self, call: Call) -> str:
        """The line that a call is on, by its number; empty for none that is there now."""
        return next((account.number for account in self.present if account.aor == call.aor), "")

    async def answer(self, number: str = "") -> Call:
        """Answer the call that rings, on the line of that number if given. Raises CannotDoError, ControlLostError."""
        ringing = [call for call in self.book.calls if call.direction == "in" and call.state != "established"]
        if not ringing:
            raise CannotDoError(_("no call is ringing here"))
        lines = [self.number_of(call) for call in ringing]
        ringing = [call for call, line in zip(ringing, lines, strict=True) if number in ("", line)]
        if not ringing:
            raise CannotDoError(
                _("no call is ringing on %(number)s, only on %(lines)s: choose that line")
                % {"number": number, "lines": ", ".join(lines)}
            )
        async with self._lock:
            await self._act_on(ringing[0], "accept")
        return ringing[0]

    async def hang_up(self) -> Call:
        """End the newest call. Raises CannotDoError, ControlLostError."""
        if self.is_idle:
            raise CannotDoError(_("there is no call"))
        call = self.book.calls[-1]
        async with self._lock:
            await self._act_on(call, "hangup")
        return call

    async def talk(self, call: Call) -> None:
        """Be heard in a call that one only listens to (intercom). Raises CannotDoError, ControlLostError."""
        async with self._lock:
            # baresip offers both directions anew only when it takes up a call that it held.
            for command in ("hold", "resume"):
                await self._act_on(call, command)

    async def use_sound(self, route: Route) -> None:
        """Speak and hear through these, calls that go on included. Raises CannotDoError, ControlLostError."""
        async with self._lock:
            for command, device in (("auplay", route.player), ("ausrc", route.source)):
                answer = await self._command(command, device)
                if not answer.ok or any(word in answer.text for word in NO_SOUND):
                    raise CannotDoError(
                        _("baresip would not use %(device)s: %(why)s")
                        % {"device": device, "why": answer.text.strip() or _("no reason given")}
                    )

    async def _act_on(self, call: Call, command: str) -> None:
        # baresip's commands are for its current account's newest call.
        await self._command("uafind", call.aor)
        answer = await self._command(command)
        if not answer.ok:
            raise CannotDoError(
                _("baresip would not %(command)s: %(why)s")
                % {"command": command, "why": answer.text.strip() or _("no reason given")}
            )

    async def _carry_out(self, step: Step) -> None:
        match step:
            case Add(account):
                # Before the command: its answer comes after the first events of this registration.
                if account.for_emergency:
                    self.registrations.forget(account.aor)
                else:
                    self.registrations.begin(account.aor)
                answer = await self._command("uanew", account_line(account))
            case Remove(account):
                answer = await self._command("uadel", account.aor)
        if not answer.ok:
            verb = "make" if isinstance(step, Add) else "remove"
            raise CannotDoError(
                _("baresip would not %(verb)s the account %(aor)s") % {"verb": verb, "aor": step.account.aor}
            )
        self.present = after(self.present, step)
        self.registrations.keep_only(account.aor for account in self.present)
        self.bell.ring()

    async def _command(self, name: str, params: str = "") -> Answer:
        if self._control is None:
            raise ControlLostError(gettext_noop("baresip is being started again"))
        return await self._control.command(name, params)

    def _tell(self, facts: Sequence[CallFact]) -> None:
        for fact in facts:
            self._on_call(fact)
