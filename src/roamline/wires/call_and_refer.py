"""Calls a phone and, when it is answered, has it call somebody else: INVITE, REFER, BYE (RFC 3515, RFC 5589); sans-IO.

Theory of operation. The first call offers no sound (``inactive``): it only makes the phone ring. Once it is answered,
REFER asks the phone to call the target itself, with its own credentials and rights; what becomes of that call it tells
by NOTIFY. Then the first call is ended. So nothing of ours stays in the way of the call that results.

``receive`` and ``tick`` return what must be sent; ``result`` is set when it is over. Times are seconds of any clock.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from roamline.wires import sip_text
from roamline.wires.sip_text import SipMessage

SEND_AGAIN_SECONDS = 0.5
MOST_SENDINGS = 8
RING_SECONDS = 45.0
REFER_SECONDS = 130.0
GRACE_SECONDS = 5.0

_SIPFRAG = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})")


class Result(enum.Enum):
    """How it ended: which of the two was busy or did not answer, or that the phone did not do what it was asked."""

    CONNECTED = "connected"
    PHONE_BUSY = "phone busy"
    PHONE_SILENT = "phone silent"
    TARGET_BUSY = "target busy"
    TARGET_SILENT = "target silent"
    CANCELLED = "cancelled"
    FAILED = "failed"


class State(enum.Enum):
    """Where it is."""

    CALLING = "calling"
    CANCELLING = "cancelling"
    REFERRING = "referring"
    REFERRED = "referred"
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to call and where it is to lead. ``headers`` go with the INVITE only; ``contact`` is our own address."""

    phone_uri: str
    caller: str
    target_uri: str
    contact: str
    via: str
    call_id: str
    tag: str
    headers: tuple[tuple[str, str], ...] = ()


class CallAndRefer:
    """One such call, from :meth:`start` until ``result`` is set."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = State.CALLING
        self.result: Result | None = None
        self._pending: Result | None = None
        self._sequence, self._invited = 0, 0
        self._branch = 0
        self._last, self._sent, self._next = b"", 0, 0.0
        self._until = 0.0
        self._rings = False
        self._remote, self._target = f"<{plan.phone_uri}>", plan.phone_uri
        self._routes: tuple[str, ...] = ()

    def start(self, now: float) -> list[bytes]:
        """The INVITE."""
        self._until = now + RING_SECONDS
        self._invited = self._sequence + 1
        sdp = _silence(self.plan.contact)
        extra = (*self.plan.headers, ("Content-Type", "application/sdp"))
        return self._request("INVITE", now, extra, sdp)

    def cancel(self, now: float) -> list[bytes]:
        """Stop: nobody wants it any more."""
        if self.state is State.CALLING:
            return self._cancel(Result.CANCELLED, now)
        if self.state in (State.REFERRING, State.REFERRED):
            return self._bye(Result.CANCELLED, now)
        return []

    def tick(self, now: float) -> list[bytes]:
        """Send again what was not answered; give up what lasts too long."""
        if self.state is State.OVER:
            return []
        if now >= self._until:
            return self._too_late(now)
        if self._last and now >= self._next:
            self._sent += 1
            if self._sent > MOST_SENDINGS:
                return self._end(Result.FAILED)
            self._next = now + SEND_AGAIN_SECONDS * 2 ** (self._sent - 1)
            return [self._last]
        return []

    def receive(self, message: SipMessage, now: float) -> list[bytes]:
        """Take one message in; those of other calls are left alone."""
        if message.first("call-id") != self.plan.call_id:
            return []
        return self._asked(message, now) if message.method else self._answered(message, now)

    # -- what the phone answers -------------------------------------------------------------------------------------

    def _answered(self, message: SipMessage, now: float) -> list[bytes]:
        number, method = message.sequence
        if method == "INVITE" and number == self._invited:
            return self._invite_answered(message, now)
        if number != self._sequence or message.status < 200:
            return []
        self._last = b""
        if method == "REFER" and self.state is State.REFERRING:
            if message.status >= 300:
                return self._bye(Result.FAILED, now)
            self.state = State.REFERRED
        if method == "BYE":
            return self._end(self._pending or Result.FAILED)
        return []

    def _invite_answered(self, message: SipMessage, now: float) -> list[bytes]:
        if message.status < 200:
            self._last = b"" if self._last.startswith(b"INVITE") else self._last
            self._rings = True
            return []
        if message.status >= 300:
            ack = self._acknowledge_refusal(message)
            return [ack, *self._refused(message.status)]
        self._remote = message.first("to")
        self._target = message.contact or self._target
        self._routes = tuple(sip_text.route_set(message))
        ack = self._in_dialogue("ACK", self._invited)
        if self.state is State.CALLING:
            return [ack, *self._refer(now)]
        if self.state is State.CANCELLING:
            return [ack, *self._bye(self._pending or Result.CANCELLED, now)]
        return [ack]

    def _refused(self, status: int) -> list[bytes]:
        if self.state is State.CANCELLING:
            return self._end(self._pending or Result.CANCELLED)
        if self.state is not State.CALLING:
            return []
        return self._end({486: Result.PHONE_BUSY, 600: Result.PHONE_BUSY}.get(status, Result.PHONE_SILENT))

    # -- what the phone asks ----------------------------------------------------------------------------------------

    def _asked(self, message: SipMessage, now: float) -> list[bytes]:
        if message.method == "ACK":
            return []
        if message.method == "NOTIFY":
            return [sip_text.reply_to(message, "200 OK"), *self._noted(message, now)]
        if message.method == "BYE":
            ended = self._end(self._pending or Result.TARGET_SILENT) if self.state is not State.CALLING else []
            return [sip_text.reply_to(message, "200 OK"), *ended]
        return [sip_text.reply_to(message, "488 Not Acceptable Here")]

    def _noted(self, message: SipMessage, now: float) -> list[bytes]:
        found = _SIPFRAG.match(message.body)
        status = int(found[1]) if found else 0
        if status < 200 or self.state not in (State.REFERRING, State.REFERRED):
            return []
        busy = {486, 600, 603}
        result = Result.TARGET_BUSY if status in busy else Result.TARGET_SILENT
        return self._bye(Result.CONNECTED if status < 300 else result, now)

    # -- what is sent -----------------------------------------------------------------------------------------------

    def _refer(self, now: float) -> list[bytes]:
        self.state, self._until = State.REFERRING, now + REFER_SECONDS
        extra = (("Refer-To", f"<{self.plan.target_uri}>"), ("Referred-By", f"<{self.plan.contact}>"))
        return self._request("REFER", now, extra)

    def _bye(self, result: Result, now: float) -> list[bytes]:
        self.state, self._pending, self._until = State.ENDING, result, now + GRACE_SECONDS
        return self._request("BYE", now)

    def _cancel(self, result: Result, now: float) -> list[bytes]:
        self.state, self._pending, self._until = State.CANCELLING, result, now + GRACE_SECONDS
        self._last = b""
        if not self._rings:
            return self._end(result)
        return [self._message("CANCEL", self._invited, self._branch)]

    def _too_late(self, now: float) -> list[bytes]:
        match self.state:
            case State.CALLING:
                return self._cancel(Result.PHONE_SILENT, now)
            case State.REFERRING | State.REFERRED:
                return self._bye(Result.TARGET_SILENT, now)
            case _:
                return self._end(self._pending or Result.FAILED)

    def _end(self, result: Result) -> list[bytes]:
        self.state, self.result, self._last = State.OVER, result, b""
        return []

    def _request(self, method: str, now: float, extra: tuple[tuple[str, str], ...] = (), body: str = "") -> list[bytes]:
        self._sequence += 1
        self._last = self._in_dialogue(method, self._sequence, extra, body)
        self._sent, self._next = 1, now + SEND_AGAIN_SECONDS
        return [self._last]

    def _in_dialogue(
        self, method: str, sequence: int, extra: tuple[tuple[str, str], ...] = (), body: str = ""
    ) -> bytes:
        self._branch += 1
        return self._message(method, sequence, self._branch, extra, body)

    def _acknowledge_refusal(self, message: SipMessage) -> bytes:
        self._remote = message.first("to")
        return self._message("ACK", self._invited, 1)

    def _message(
        self, method: str, sequence: int, branch: int, extra: tuple[tuple[str, str], ...] = (), body: str = ""
    ) -> bytes:
        plan = self.plan
        headers = (
            ("Via", f"{plan.via};branch=z9hG4bK{plan.tag}{branch};rport"),
            ("Max-Forwards", "30"),
            *(("Route", route) for route in self._routes),
            ("From", f"{plan.caller};tag={plan.tag}"),
            ("To", self._remote),
            ("Call-ID", plan.call_id),
            ("CSeq", f"{sequence} {method}"),
            ("Contact", f"<{plan.contact}>"),
            *extra,
        )
        return sip_text.write(f"{method} {self._target} SIP/2.0", headers, body)


def _silence(contact: str) -> str:
    """An offer of a call without sound, from the host of a contact."""
    host = contact.partition("@")[2].rpartition(":")[0]
    family = "IP6" if host.startswith("[") else "IP4"
    address = host.strip("[]")
    lines = (
        "v=0", f"o=- 1 1 IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0",
        "m=audio 9 RTP/AVP 0 8", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=inactive",
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)
