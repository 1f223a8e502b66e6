"""The phone itself: boots, registers, obeys, rings."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import replace

from tests.simulated_phone import calls, configuration, remote_control, service_control
from tests.simulated_phone.calls import Call
from tests.simulated_phone.configuration import LARGEST_DIAL_TEMPLATE, MODELS, Configuration
from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.connection import Connection, NoAnswer
from tests.simulated_phone.fetching import FileServer, NotFetched
from tests.simulated_phone.pushes import PushServer
from tests.simulated_phone.services import Browser
from tests.simulated_phone.sip_text import Message, digest_answer
from tests.simulated_phone.xml_objects import Screen

LOCALE_FILES = {"78": "sp-sip.jar", "88": "sl-be-sip.jar"}
SUPPORTED = (
    "replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,X-cisco-callinfo,X-cisco-serviceuri,"
    "X-cisco-escapecodes,X-cisco-service-control,X-cisco-srtp-fallback,X-cisco-monrec,X-cisco-config,X-cisco-sis-7.0.0,"
    "X-cisco-xsi-8.5.1"
)
BULK = "application/x-cisco-remotecc-request+xml"


class Trouble(Exception):
    """The phone cannot go into service."""


class SimulatedPhone:
    """One device. ``did`` is what it did, in order; ``refused`` why it refused a message."""

    def __init__(
        self, device: str, model: str, files: FileServer, conflicts: Conflicts | None = None, load: str = ""
    ) -> None:
        self.device, self.model = device, model
        self.conflicts = conflicts or Conflicts()
        self.files = replace(files, conflicts=self.conflicts, fetched=[])
        self.load = load or f"sip{model[:2]}xx.14-1-1-0001-136"
        self.configuration: Configuration | None = None
        self.connection: Connection | None = None
        self.call_id = ""
        self.contact_uri = ""
        self.calls: list[Call] = []
        self.did: list[str] = []
        self.forwards: dict[int, str] = {}
        self.refused: list[str] = []
        self.browser = Browser(device, model, "en_US", self.conflicts)
        self.pushes = PushServer(device, model, self._authentication_url, self._pushed, self.conflicts)
        self._stamps = {"config": "", "dialplan": "", "softkey": "00000000-0000-0000-0000-000000000000"}
        self._registrations = 0
        self._changed = asyncio.Event()
        self._ringing: asyncio.Queue[Call] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    # -- starting and stopping ------------------------------------------------------------------------------------

    async def boot(self) -> None:
        """From power-on to registered; Rejected, NotFetched or Trouble when it does not get there."""
        await self.pushes.start()
        await asyncio.to_thread(self._load_files, True)
        await self._go_into_service("reset-reset")
        self._note("booted")

    async def shut_down(self) -> None:
        """Unregister and disconnect."""
        for task in list(self._tasks):
            task.cancel()
        if self.connection is not None:
            with contextlib.suppress(NoAnswer):
                await self._register(0, "reset-reset")
            await self.connection.close()
            self.connection = None
        self.pushes.stop()

    async def restart(self, *, reset: bool = False) -> None:
        """Read the configuration again and register anew; at a reset the connection, too, is a new one."""
        last = "reset-reset" if reset else "reset-restart"
        if self.connection is not None and (reset or self.conflicts.unregisters_before_restart):
            with contextlib.suppress(NoAnswer):
                await self._register(0, last)
        if self.connection is not None and reset:
            await self.connection.close()
            self.connection = None
        await asyncio.to_thread(self._load_files, reset)
        await self._go_into_service(last)
        self._note("reset" if reset else "restarted")

    # -- waiting --------------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], what: str, within: float = 15.0) -> None:
        """Wait until something that the phone notes makes the condition true."""
        try:
            async with asyncio.timeout(within):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.device}: not {what}; did {self.did}, refused {self.refused}") from None

    async def rings(self, within: float = 10.0) -> Call:
        """The next call that rings here."""
        return await asyncio.wait_for(self._ringing.get(), within)

    def _note(self, what: str) -> None:
        self.did.append(what)
        self._changed.set()

    # -- files ----------------------------------------------------------------------------------------------------

    @property
    def running(self) -> Configuration:
        """The configuration it runs; fails before it has one."""
        assert self.configuration is not None, f"{self.device} has no configuration"
        return self.configuration

    def _load_files(self, all_of_them: bool) -> None:
        trust = (f"CTL{self.device}.tlv", f"ITL{self.device}.tlv", "ITLFile.tlv")
        if all_of_them and self.conflicts.trust_files_first:
            self._look_for(*trust)
        content = self.files.fetch(f"{self.device}.cnf.xml")
        if content is None:
            self.files.fetch("XMLDefault.cnf.xml")
            raise NotFetched(f"{self.device}.cnf.xml")
        found = configuration.read(content, self.model, self.conflicts)
        if all_of_them and not self.conflicts.trust_files_first:
            self._look_for(*trust)
        self._load_the_rest(found)
        self.configuration = found
        self.forwards = {}  # forgotten with the configuration: the phone waits to be told
        self.browser.language = found.language
        self._stamps["config"] = found.stamp

    def _load_the_rest(self, found: Configuration) -> None:
        self._look_for(f"{found.locale_name}/{LOCALE_FILES[self.model[:2]]}", f"{found.network_locale}/g3-tones.xml")
        if found.dial_template is not None:
            self._load_dial_template(found.dial_template)
        self._look_for(
            "AppDialRules.xml", "Ringlist-wb.xml", "Desktops/800x480x24/List.xml", "defaultheadsetconfig.json"
        )
        if found.load and found.load != self.load:
            if self.files.fetch(f"{found.load}.loads") is None:
                raise Trouble(f"boot loop: {found.load} is not served")
            self.load = found.load

    def _load_dial_template(self, name: str) -> None:
        template = self.files.must_fetch(name)
        if len(template) > LARGEST_DIAL_TEMPLATE:
            raise Trouble("the dial template is ignored: it is too large")
        self._stamps["dialplan"] = template.partition(b"<versionStamp>")[2].partition(b"<")[0].decode()

    def _look_for(self, *names: str) -> None:
        for name in names:
            self.files.fetch(name)

    # -- registering ----------------------------------------------------------------------------------------------

    async def _go_into_service(self, last: str) -> None:
        host, port = self.running.servers[0]
        if self.connection is None:
            self.connection = await Connection.to(host, port, self._on_request)
        mac = self.device.removeprefix("SEP").lower()
        self.call_id = f"{mac[:8]}-{mac[8:]}0002-{secrets.token_hex(4)}-{secrets.token_hex(4)}@{self.connection.host}"
        first = self.running.lines[0]
        user = f"{mac}-{secrets.token_hex(4)}" if self.conflicts.contact_is_uuid else first.contact
        self.contact_uri = f"sip:{user}@{self.connection.address};transport=tcp"
        answer = await self._register(self.running.register_expires, last)
        if answer.status != 200:
            raise Trouble(f"REGISTER was answered {answer.start}")
        if self.conflicts.needs_date and not answer.first("Date"):
            raise Trouble("the answer to REGISTER has no Date: the phone has no clock")
        self._registrations += 1

    async def keep_alive(self) -> int:
        """The heartbeat to a standby server; its status."""
        request = self._register_request(0, "reset-restart")
        request.headers = [
            (name, f"<{self.contact_uri}>;expires=0;cisco-keep-alive" if name == "Contact" else value)
            for name, value in request.headers
            if name != "Expires"
        ]
        assert self.connection is not None
        return (await self.connection.ask(request)).status

    async def refresh(self) -> int:
        """Register again, as before the time is up; the status."""
        return (await self._register(self.running.register_expires, "reset-restart")).status

    async def _register(self, expires: int, last: str) -> Message:
        assert self.connection is not None
        answer = await self.connection.ask(self._register_request(expires, last))
        if answer.status != 401:
            return answer
        request = self._register_request(expires, last)
        found = self.running
        credential = digest_answer(
            answer.first("WWW-Authenticate"), "REGISTER", request.uri, found.auth_name, found.auth_password
        )
        request.headers.append(("Authorization", credential))
        return await self.connection.ask(request)

    def _register_request(self, expires: int, last: str) -> Message:
        """One REGISTER, for the first line, stands for all lines."""
        host, first, mac = self.running.servers[0][0], self.running.lines[0], self.device.removeprefix("SEP").lower()
        self._cseq = getattr(self, "_cseq", 100) + 1
        alarm = f"cisco-alarm:25 Name={self.device} ActiveLoad={self.load} InactiveLoad= Last={last}"
        message = Message(
            f"REGISTER sip:{host} SIP/2.0",
            [
                ("Max-Forwards", "70"),
                ("From", f"<sip:{first.name}@{host}>;tag={mac}{secrets.token_hex(6)}"),
                ("To", f"<sip:{first.name}@{host}>"),
                ("Call-ID", self.call_id),
                ("CSeq", f"{self._cseq} REGISTER"),
                ("User-Agent", f"Cisco-CP{self.model}/14.1.1"),
                ("Contact", self._contact(mac)),
                ("Supported", SUPPORTED),
                ("Reason", f'SIP;cause=200;text="{alarm}"'),
                ("Expires", str(expires)),
            ],
        )
        if self.conflicts.sends_bulk_register and expires:
            self._add_bulk_register(message)
        return message

    def _contact(self, mac: str) -> str:
        return (
            f'<{self.contact_uri}>;+sip.instance="<urn:uuid:00000000-0000-0000-0000-{mac}>"'
            f';+u.sip!devicename.ccm.cisco.com="{self.device}";+u.sip!model.ccm.cisco.com="{MODELS[self.model]}"'
        )

    @staticmethod
    def _add_bulk_register(message: Message) -> None:
        parts = (
            '<bulkregisterreq><contact all="true"><register/></contact></bulkregisterreq>',
            '<optionsind><combine max="6"><remotecc><status/></remotecc><service-control/></combine></optionsind>',
        )
        message.headers.append(("Content-Type", "multipart/mixed; boundary=uniqueBoundary"))
        message.body = "".join(
            f"--uniqueBoundary\r\nContent-Type: {BULK}\r\n\r\n<x-cisco-remotecc-request>{part}"
            "</x-cisco-remotecc-request>\r\n"
            for part in parts
        )
        message.body += "--uniqueBoundary--\r\n"

    # -- requests from the server ---------------------------------------------------------------------------------

    def _on_request(self, request: Message) -> None:
        take = {
            "NOTIFY": self._notified,
            "REFER": self._referred,
            "INVITE": self._invited,
            "ACK": self._acknowledged,
            "BYE": self._ended,
            "CANCEL": self._cancelled,
        }
        handler = take.get(request.method)
        if handler is not None:
            handler(request)
        else:
            self._reply(request, 200 if request.method == "OPTIONS" else 405)

    def _reply(self, request: Message, status: int) -> None:
        assert self.connection is not None
        self.connection.send(calls.reply(request, status, "OK" if status == 200 else "No", secrets.token_hex(6)))

    def _notified(self, request: Message) -> None:
        verdict = service_control.judge(
            request,
            configuration=self.running,
            call_id=self.call_id,
            contact=self.contact_uri,
            conflicts=self.conflicts,
        )
        self._reply(request, verdict.status)
        if verdict.reason:
            self.refused.append(verdict.reason)
        self._note(f"told:{verdict.action or verdict.status}")
        action = verdict.action
        if action == "check-version":
            action = "restart" if verdict.stamps != self._stamps else ""
        if action == "apply-config":
            action = "restart" if self.conflicts.applies_config else ""
        if action in ("restart", "reset"):
            task = asyncio.create_task(self._obey(action))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _obey(self, action: str) -> None:
        try:
            await self.restart(reset=action == "reset")
        except (configuration.Rejected, NotFetched, Trouble, NoAnswer, OSError) as error:
            self.refused.append(str(error))
            self._note("out of service")

    def _referred(self, request: Message) -> None:
        told, forwards = remote_control.dnd_told(request), remote_control.forwards_told(request)
        if not told and (not forwards or not set(forwards) <= {line.index for line in self.running.lines}):
            self._reply(request, 603)
            self._note("an unknown REFER")
            return
        self._reply(request, 202)
        for index, destination in forwards.items():
            self._show_forward(index, destination)
        if told:
            self._note(told)

    def _show_forward(self, index: int, destination: str) -> None:
        if self.forwards.get(index, "") != destination:
            self.forwards[index] = destination
            self._note(f"forward:{index}:{destination}")

    def _invited(self, request: Message) -> None:
        assert self.connection is not None
        if "tag=" in request.first("To"):
            self._reply(request, 488)  # a changed offer: there is no audio to change
            return
        user = request.uri.removeprefix("sip:").split("@")[0]
        line = next((each for each in self.running.lines if user in (each.name, each.contact)), None)
        if line is None:
            self._reply(request, 404)
            return
        call = calls.incoming(self.connection, line, request)
        self.calls.append(call)
        self._ringing.put_nowait(call)
        self._note(f"rings:{line.name}")

    def _acknowledged(self, request: Message) -> None:
        for call in self.calls:
            if call.call_id == request.first("Call-ID"):
                call.answered.set()

    def _ended(self, request: Message) -> None:
        self._reply(request, 200)
        for call in self.calls:
            if call.call_id == request.first("Call-ID"):
                call.ended.set()
                self._note("hung up")

    def _cancelled(self, request: Message) -> None:
        self._reply(request, 200)
        for call in self.calls:
            if call.call_id == request.first("Call-ID") and call.stop_ringing():
                self._note(f"stops ringing:{call.line.name}")

    # -- what its user does ---------------------------------------------------------------------------------------

    async def dial(self, number: str, line: int = 1) -> Call:
        """Call a number on a line, by its index; returns when it is answered or refused."""
        assert self.connection is not None
        call = await calls.dial(self.connection, self.running, self.running.lines[line - 1], number)
        self.calls.append(call)
        return call

    async def open_service(self, name: str) -> Screen:
        """Open a service of the menu by its name."""
        return await asyncio.to_thread(self.browser.open, dict(self.running.services)[name])

    def _authentication_url(self) -> str:
        return self.running.authentication_url

    async def _pushed(self, pushed: Screen) -> None:
        if pushed.kind == "Execute":
            await asyncio.to_thread(self.browser.execute, pushed.execute)
        else:
            self.browser.screen = pushed
        self._note("pushed")
