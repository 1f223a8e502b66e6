"""Calls of the simulated phone: both sides of INVITE, answer and BYE, without any audio."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from tests.simulated_phone.configuration import Configuration, Line
from tests.simulated_phone.connection import Connection
from tests.simulated_phone.sip_text import SDP, Message, digest_answer, sdp, tag_of, uri_of

MEDIA_PORT = 16384


@dataclass
class Call:
    """One call on one line. ``status`` is the final response's; ``ended`` is set when it is over."""

    connection: Connection
    line: Line
    call_id: str
    local: str
    remote: str
    target: str
    routes: list[str] = field(default_factory=list)
    invite: Message | None = None
    status: int = 0
    cseq: int = 1
    picked_up: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def caller_number(self) -> str:
        """Who calls, as From says."""
        return uri_of(self.remote).removeprefix("sip:").split("@")[0]

    def contact(self) -> str:
        """This end's Contact."""
        return f"<sip:{self.line.contact}@{self.connection.address};transport=tcp>"

    def answer(self) -> None:
        """Answer a ringing call."""
        assert self.invite is not None
        self.picked_up = True
        ok = reply(self.invite, 200, "OK", tag_of(self.local))
        ok.headers += [("Contact", self.contact()), ("Content-Type", SDP)]
        ok.body = sdp(self.connection.host, MEDIA_PORT)
        self.connection.send(ok)

    def decline(self) -> None:
        """Refuse a ringing call."""
        assert self.invite is not None
        self.connection.send(reply(self.invite, 486, "Busy Here", tag_of(self.local)))
        self.ended.set()

    def stop_ringing(self) -> bool:
        """The caller gave up, or another phone has the call; False when it does not ring here any more."""
        if self.invite is None or self.picked_up or self.ended.is_set():
            return False
        self.connection.send(reply(self.invite, 487, "Request Terminated", tag_of(self.local)))
        self.ended.set()
        return True

    async def hang_up(self) -> int:
        """End an answered call; the status of the BYE."""
        self.cseq += 1
        answer = await self.connection.ask(self._within("BYE", self.cseq))
        self.ended.set()
        return answer.status

    def acknowledge(self) -> None:
        """ACK the 200 to our INVITE."""
        ack = self._within("ACK", self.cseq)
        ack.headers.insert(0, ("Via", f"SIP/2.0/TCP {self.connection.address};branch=z9hG4bK{secrets.token_hex(8)}"))
        self.connection.send(ack)

    def _within(self, method: str, cseq: int) -> Message:
        routes = [("Route", route) for route in self.routes]
        return Message(
            f"{method} {self.target} SIP/2.0",
            [("Max-Forwards", "70"), ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
             ("CSeq", f"{cseq} {method}"), *routes],
        )  # fmt: skip


def reply(request: Message, status: int, text: str, tag: str = "") -> Message:
    """A response to a request."""
    kept = ("via", "from", "call-id", "cseq", "record-route")
    headers = [(name, value) for name, value in request.headers if name.lower() in kept]
    to = request.first("To")
    headers.append(("To", f"{to};tag={tag}" if tag and "tag=" not in to else to))
    return Message(f"SIP/2.0 {status} {text}", headers)


def incoming(connection: Connection, line: Line, invite: Message) -> Call:
    """A call that begins to ring here."""
    to = f"{invite.first('To')};tag={secrets.token_hex(6)}"
    call = Call(
        connection, line, invite.first("Call-ID"), to, invite.first("From"), uri_of(invite.first("Contact")),
        invite.all("Record-Route"), invite,
    )  # fmt: skip
    connection.send(reply(invite, 180, "Ringing", tag_of(to)))
    return call


async def dial(connection: Connection, configuration: Configuration, line: Line, number: str) -> Call:
    """Call a number on a line; returns when it is answered or refused (``status``)."""
    host = configuration.servers[0][0]
    uri = f"sip:{number}@{host};user=phone"
    local = f'"{line.display_name}" <sip:{line.name}@{host}>;tag={secrets.token_hex(6)}'
    call = Call(connection, line, f"{secrets.token_hex(12)}@{connection.host}", local, f"<{uri}>", uri)
    answer = await _invite(call, uri, None)
    if answer.status in (401, 407):
        challenge = answer.first("Proxy-Authenticate") or answer.first("WWW-Authenticate")
        credential = digest_answer(challenge, "INVITE", uri, configuration.auth_name, configuration.auth_password)
        header = "Proxy-Authorization" if answer.status == 407 else "Authorization"
        answer = await _invite(call, uri, (header, credential))
    call.status = answer.status
    if answer.status < 300:
        call.remote, call.target = answer.first("To"), uri_of(answer.first("Contact"))
        call.routes = list(reversed(answer.all("Record-Route")))
        call.cseq = int(answer.first("CSeq").split()[0])
        call.acknowledge()
        call.answered.set()
    else:
        call.ended.set()
    return call


async def _invite(call: Call, uri: str, credential: tuple[str, str] | None) -> Message:
    cseq = 2 if credential else 1
    request = Message(
        f"INVITE {uri} SIP/2.0",
        [("Max-Forwards", "70"), ("From", call.local), ("To", f"<{uri}>"), ("Call-ID", call.call_id),
         ("CSeq", f"{cseq} INVITE"), ("Contact", call.contact()), ("Allow", "ACK,BYE,CANCEL,INVITE,NOTIFY,OPTIONS"),
         ("Content-Type", SDP), *([credential] if credential else [])],
        sdp(call.connection.host, MEDIA_PORT),
    )  # fmt: skip
    branch = call.connection.begin(request)
    while (answer := await call.connection.answer(branch, 30)).status < 200:
        pass
    if answer.status >= 300:
        via, to = ("Via", request.first("Via")), ("To", answer.first("To"))
        kept = [each for each in request.headers if each[0] in ("From", "Call-ID", "Max-Forwards")]
        call.connection.send(Message(f"ACK {uri} SIP/2.0", [via, to, *kept, ("CSeq", f"{cseq} ACK")]))
    return answer
