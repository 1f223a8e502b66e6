"""A small SIP phone over UDP for tests: registers, calls, answers, with digest; everything waits with a deadline."""

from __future__ import annotations

import re
import secrets
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sip_message import Message, NoAnswer, ha1, md5, parse

WAIT = 8.0
DEADLINE = 15.0


def eventually(question: Callable[[], Any], what: str, seconds: float = DEADLINE) -> Any:
    """Ask until the answer is true; fails after the deadline."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)
    return answer


@dataclass
class Call:
    """One side of a call."""

    phone: SipPhone
    invite: Message
    outgoing: bool
    call_id: str
    local: str
    remote: str = ""
    target: str = ""
    routes: list[str] = field(default_factory=list)
    cseq: int = 1
    sent: str = ""
    final: Message | None = None

    @property
    def status(self) -> int:
        assert self.final is not None
        return self.final.status

    def hang_up(self) -> Message:
        self.cseq += 1
        return self.phone.in_dialog(self, "BYE")

    def ring(self) -> None:
        self.phone.reply(self.invite, "180 Ringing", self.local)

    def answer(self, direction: str = "") -> None:
        sdp = self.phone.sdp(direction)
        self.phone.reply(self.invite, "200 OK", self.local, sdp)

    def reinvite(self, direction: str, *, answered_by: SipPhone, with_direction: str) -> str:
        """Offer another direction inside the call; the direction that the other side was offered."""
        self.cseq += 1
        self.phone.send(self.phone._dialog_request(self, "INVITE", self.phone.sdp(direction)))
        asked = answered_by.expect("INVITE")
        answered_by.reply(asked, "200 OK", "", answered_by.sdp(with_direction))
        answer = self.phone.response(self.call_id, self.cseq, "INVITE")
        assert answer.status == 200
        self.phone.send(self.phone._dialog_request(self, "ACK"))
        answered_by.expect("ACK")
        return (re.search(r"a=(sendrecv|sendonly|recvonly|inactive)", asked.body) or ["", "sendrecv"])[1]

    def follow_referral(self, *, secret: str | None = None) -> Call:
        """Do what a REFER asks: call its target from the line that was called, and tell that it is being tried."""
        asked = self.phone.expect("REFER")
        self.phone.reply(asked, "202 Accepted", "")
        self.notify("SIP/2.0 100 Trying", "active;expires=60")
        target = re.search(r"<([^>]+)>", asked.first("Refer-To")).group(1)  # type: ignore[union-attr]
        line = re.match(r"sip:([^@]+)@", self.invite.uri).group(1)  # type: ignore[union-attr]
        return self.phone.dial(target, line, secret=secret)

    def notify(self, progress: str, state: str = "terminated;reason=noresource") -> Message:
        """Tell who referred this phone what became of it."""
        self.cseq += 1
        extra = ("Event: refer", f"Subscription-State: {state}", "Content-Type: message/sipfrag;version=2.0")
        self.phone.send(self.phone._dialog_request(self, "NOTIFY", f"{progress}\r\n", extra))
        return self.phone.response(self.call_id, self.cseq, "NOTIFY")

    def reject(self, status: str = "486 Busy Here") -> None:
        self.phone.reply(self.invite, status, self.local)
        self.phone.expect("ACK")


_OPEN: list[SipPhone] = []


class SipPhone:
    """One device at one UDP port."""

    def __init__(self, server: tuple[str, int], device: str, secret: str, realm: str = "roamline", *,
                 address: str = "127.0.0.1") -> None:  # fmt: skip
        self.server, self.device, self.secret, self.realm = server, device, secret, realm
        self.address = address
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.waiting: list[Message] = []
        self.digest_user = device
        self.user_agent = "Test/1.0"
        self.patience = WAIT
        self.host = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.via = f"UDP {self.host}"
        _OPEN.append(self)

    def close(self) -> None:
        _OPEN.remove(self)
        self.socket.close()

    # -- the wire ---------------------------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        self.socket.sendto(text.encode(), self.server)

    def expect(self, *methods: str, seconds: float = WAIT) -> Message:
        """The next request of one of these methods; the phone answers OPTIONS by itself meanwhile."""
        found = self.look_for(*methods, seconds=seconds)
        assert found is not None, f"{self.device}: no {methods} came"
        return found

    def look_for(self, *methods: str, seconds: float) -> Message | None:
        end = time.monotonic() + seconds
        while True:
            for message in self.waiting:
                if message.method in methods:
                    self.waiting.remove(message)
                    return message
            if (left := end - time.monotonic()) <= 0:
                return None
            self._take(left)

    def response(self, call_id: str, cseq: int, method: str, seconds: float | None = None) -> Message:
        """The next final response to a request."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while True:
            for message in self.waiting:
                asked = (call_id, [str(cseq), method])
                if message.status >= 200 and (message.first("Call-ID"), message.first("CSeq").split()) == asked:
                    self.waiting.remove(message)
                    return message
            left = end - time.monotonic()
            if left <= 0:
                raise NoAnswer(f"{self.device}: no answer to {method}")
            self._take(left)

    def _take(self, seconds: float) -> None:
        """Take what arrives at any phone, so that the other end of a call answers while this one waits."""
        for phone in select.select(_OPEN, [], [], max(seconds, 0))[0]:
            phone.take_one()

    def fileno(self) -> int:
        return self.socket.fileno()

    def take_one(self) -> None:
        self.take(parse(self.socket.recvfrom(65535)[0]))

    def take(self, message: Message) -> None:
        if message.method in ("OPTIONS", "BYE", "CANCEL"):
            self.reply(message, "200 OK", "opt" if message.method == "OPTIONS" else "")
        if message.method != "OPTIONS":
            self.waiting.append(message)

    def rings(self, seconds: float = WAIT) -> Call:
        """The next call that comes in, ringing."""
        invite = self.expect("INVITE", seconds=seconds)
        call = Call(self, invite, False, invite.first("Call-ID"), secrets.token_hex(4))
        call.remote = invite.first("From")
        call.target = re.search(r"<([^>]+)>", invite.first("Contact")).group(1)  # type: ignore[union-attr]
        call.routes = invite.all("Record-Route")
        call.cseq = 100
        call.ring()
        return call

    def is_rung(self) -> bool:
        """Whether a call has come in that nobody has looked at."""
        self._take(0)
        return any(message.method == "INVITE" for message in self.waiting)

    def stays_silent(self, seconds: float = 0.7) -> bool:
        return self.look_for("INVITE", seconds=seconds) is None

    def reply(self, request: Message, status: str, tag: str, body: str = "") -> None:
        to = request.first("To")
        if tag and "tag=" not in to:
            to += f";tag={tag}"
        lines = [f"SIP/2.0 {status}"]
        lines += [f"Via: {value}" for value in request.all("Via")]
        lines += [f"Record-Route: {value}" for value in request.all("Record-Route")]
        lines += [f"From: {request.first('From')}", f"To: {to}", f"Call-ID: {request.first('Call-ID')}"]
        lines += [f"CSeq: {request.first('CSeq')}", f"Contact: <sip:{self.device}@{self.host}>"]
        if body:
            lines.append("Content-Type: application/sdp")
        self.send("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]))

    def sdp(self, direction: str = "") -> str:
        attribute = f"a={direction}\r\n" if direction else ""
        place = f"IN IP{6 if ':' in self.address else 4} {self.address}"
        return (
            f"v=0\r\no=- 1 1 {place}\r\ns=-\r\nc={place}\r\nt=0 0\r\n"
            f"m=audio {self.port + 1} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n{attribute}"
        )

    # -- requests ---------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        uri: str,
        *,
        from_user: str,
        to: str,
        call_id: str,
        cseq: int,
        tag: str,
        extra: tuple[str, ...] = (),
        body: str = "",
        contact: str | None = None,
    ) -> str:
        contact = contact if contact is not None else f"<sip:{from_user}@{self.host}>"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.via};rport;branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            f"From: <sip:{from_user}@{self.realm}>;tag={tag}",
            f"To: {to}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: {contact}",
            f"User-Agent: {self.user_agent}",
            *extra,
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])

    def authorization(self, challenge: Message, method: str, uri: str, secret: str | None = None) -> str:
        asked = challenge.first("WWW-Authenticate") or challenge.first("Proxy-Authenticate")
        name = "Authorization" if challenge.first("WWW-Authenticate") else "Proxy-Authorization"
        nonce = re.search(r'nonce="([^"]+)"', asked).group(1)  # type: ignore[union-attr]
        first = ha1(self.digest_user, self.secret if secret is None else secret, self.realm)
        second = md5(f"{method}:{uri}")
        fields = f'username="{self.digest_user}", realm="{self.realm}", nonce="{nonce}", uri="{uri}"'
        if "qop" in asked:
            cnonce = secrets.token_hex(8)
            answer = md5(f"{first}:{nonce}:00000001:{cnonce}:auth:{second}")
            return f'{name}: Digest {fields}, response="{answer}", qop=auth, nc=00000001, cnonce="{cnonce}"'
        return f'{name}: Digest {fields}, response="{md5(f"{first}:{nonce}:{second}")}"'

    def challenged(self, method: str, uri: str, **parts: object) -> Message:
        """Send a request, answer one challenge, return the final response (ACKed when it refuses an INVITE)."""
        call_id, tag = secrets.token_hex(8), secrets.token_hex(4)
        extra = tuple(parts.pop("extra", ()))  # type: ignore[call-overload]
        secret = parts.pop("secret", None)
        common = {"call_id": call_id, "tag": tag, **parts}
        self.send(self.request(method, uri, cseq=1, extra=extra, **common))  # type: ignore[arg-type]
        answer = self.response(call_id, 1, method)
        if answer.status not in (401, 407):
            return answer
        if method == "INVITE":
            self.acknowledge(answer, uri, 1, call_id, tag, str(parts["from_user"]))
        digest = self.authorization(answer, method, uri, secret)  # type: ignore[arg-type]
        self.send(self.request(method, uri, cseq=2, extra=(*extra, digest), **common))  # type: ignore[arg-type]
        return self.response(call_id, 2, method)

    def acknowledge(self, answer: Message, uri: str, cseq: int, call_id: str, tag: str, from_user: str) -> None:
        _, _, rest = answer.first("Via").partition("branch=")
        lines = [
            f"ACK {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.via};rport;branch={rest.split(';')[0]}",
            "Max-Forwards: 70",
            f"From: <sip:{from_user}@{self.realm}>;tag={tag}",
            f"To: {answer.first('To')}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq} ACK",
            "Content-Length: 0",
        ]
        self.send("\r\n".join([*lines, "", ""]))

    def register(self, line: str, expires: int = 60, secret: str | None = None, contact: str | None = None) -> int:
        """REGISTER a line; the final status."""
        contact = contact or f"<sip:{line}@{self.host}>;expires={expires}"
        return self.challenged(
            "REGISTER",
            f"sip:{self.realm}",
            from_user=line,
            to=f"<sip:{line}@{self.realm}>",
            extra=(f"Expires: {expires}",),
            contact=contact,
            secret=secret,
        ).status

    def dial(
        self,
        number: str,
        from_user: str,
        *,
        secret: str | None = None,
        extra: tuple[str, ...] = (),
        anonymous: bool = False,
    ) -> Call:
        """Send an INVITE and answer its challenge; returns at once after that, see :meth:`finish`."""
        uri = number if ":" in number else f"sip:{number}@{self.realm}"
        call_id, tag = secrets.token_hex(8), secrets.token_hex(4)
        common = {"from_user": from_user, "to": f"<{uri}>", "call_id": call_id, "tag": tag, "body": self.sdp()}
        call = Call(self, Message("", []), True, call_id, f"<sip:{from_user}@{self.realm}>;tag={tag}")
        call.sent = self.request("INVITE", uri, cseq=1, extra=extra, **common)  # type: ignore[arg-type]
        self.send(call.sent)
        call.target, call.cseq = uri, 1
        first = self._challenge_or_progress(call)
        if first is not None and first.status == 407 and not anonymous:
            self.acknowledge(first, uri, 1, call_id, tag, from_user)
            digest = self.authorization(first, "INVITE", uri, secret)
            call.cseq = 2
            call.sent = self.request("INVITE", uri, cseq=2, extra=(*extra, digest), **common)  # type: ignore[arg-type]
            self.send(call.sent)
        elif first is not None:
            self.waiting.append(first)
        return call

    def _challenge_or_progress(self, call: Call) -> Message | None:
        end = time.monotonic() + self.patience
        while (left := end - time.monotonic()) > 0:
            for message in self.waiting:
                if message.status and message.first("Call-ID") == call.call_id:
                    if message.status >= 200:
                        self.waiting.remove(message)
                        return message
                    if message.status >= 100:
                        return None
            self._take(left)
        raise NoAnswer(f"{self.device}: no answer to INVITE")

    def finish(self, call: Call, seconds: float | None = None) -> Call:
        """Wait for the final response to a dialled call and acknowledge it."""
        call.final = self.response(call.call_id, call.cseq, "INVITE", seconds)
        tag = call.local.partition("tag=")[2]
        user = re.match(r"<sip:([^@]+)@", call.local).group(1)  # type: ignore[union-attr]
        if call.final.status >= 300:
            self.acknowledge(call.final, call.target, call.cseq, call.call_id, tag, user)
            return call
        call.remote = call.final.first("To")
        call.target = re.search(r"<([^>]+)>", call.final.first("Contact")).group(1)  # type: ignore[union-attr]
        call.routes = list(reversed(call.final.all("Record-Route")))
        self.send(self._dialog_request(call, "ACK"))
        return call

    def cancel(self, call: Call) -> None:
        """Hang up before the other side answers."""
        branch = re.search(r"branch=([^;]+)", call.sent).group(1)  # type: ignore[union-attr]
        lines = [
            f"CANCEL {call.target} SIP/2.0",
            f"Via: SIP/2.0/{self.via};rport;branch={branch.splitlines()[0]}",
            "Max-Forwards: 70",
            f"From: {call.local}",
            f"To: <{call.target}>",
            f"Call-ID: {call.call_id}",
            f"CSeq: {call.cseq} CANCEL",
            "Content-Length: 0",
        ]
        self.send("\r\n".join([*lines, "", ""]))

    def call(self, number: str, from_user: str, **parts: object) -> Call:
        """Dial and wait for the final response."""
        return self.finish(self.dial(number, from_user, **parts))  # type: ignore[arg-type]

    def in_dialog(self, call: Call, method: str) -> Message:
        self.send(self._dialog_request(call, method))
        return self.response(call.call_id, call.cseq, method)

    def _dialog_request(self, call: Call, method: str, body: str = "", extra: tuple[str, ...] = ()) -> str:
        mine, other = call.local, call.remote
        if not call.outgoing:
            to = call.invite.first("To")
            mine = f"{to};tag={call.local}" if "tag=" not in to else to
        lines = [
            f"{method} {call.target} SIP/2.0",
            f"Via: SIP/2.0/{self.via};rport;branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            *(f"Route: {route}" for route in call.routes),
            f"From: {mine}",
            f"To: {other}",
            f"Call-ID: {call.call_id}",
            f"CSeq: {call.cseq} {method}",
            f"Contact: <sip:{self.device}@{self.host}>",
            *extra,
            *(["Content-Type: application/sdp"] if body and not extra else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", body])
