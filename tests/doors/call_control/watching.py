"""A phone's BLF key as the test sees it: a subscription to a number's dialogues, and the lamp that it lights."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from tests.sip_client import SipPhone, eventually
from tests.sip_message import Message

ON = {"trying", "early", "confirmed"}


@dataclass
class Watch:
    """One subscription; ``lamp`` is the state of the newest NOTIFY: on or off."""

    phone: SipPhone
    line: str
    number: str
    lamp: bool | None = None
    notified: list[Message] = field(default_factory=list)
    call_id: str = field(default_factory=lambda: secrets.token_hex(8))
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    to: str = ""
    target: str = ""
    cseq: int = 0
    newest: int = 0

    def subscribe(self, expires: int = 60) -> int:
        """SUBSCRIBE, or refresh; the final status."""
        uri = self.target or f"sip:{self.number}@{self.phone.realm}"
        answer = self._ask(uri, expires)
        if answer.status == 407:
            answer = self._ask(uri, expires, self.phone.authorization(answer, "SUBSCRIBE", uri))
        if answer.status in (200, 202):
            self.to = answer.first("To")
            self.target = re.search(r"<([^>]+)>", answer.first("Contact")).group(1)  # type: ignore[union-attr]
        return answer.status

    def _ask(self, uri: str, expires: int, *more: str) -> Message:
        self.cseq += 1
        extra = ("Event: dialog", "Accept: application/dialog-info+xml", f"Expires: {expires}", *more)
        to = self.to or f"<sip:{self.number}@{self.phone.realm}>"
        self.phone.send(
            self.phone.request("SUBSCRIBE", uri, from_user=self.line, to=to, call_id=self.call_id, tag=self.tag,
                               cseq=self.cseq, extra=extra, contact=f"<sip:{self.line}@{self.phone.host}>")
        )  # fmt: skip
        return self.phone.response(self.call_id, self.cseq, "SUBSCRIBE")

    def take(self, seconds: float = 0.2) -> None:
        """Take what came, and light the lamp by it."""
        while (message := self.phone.look_for("NOTIFY", seconds=seconds)) is not None:
            self.phone.reply(message, "200 OK", "")
            if self._is_late(message):
                continue
            self.notified.append(message)
            self.lamp = bool(ON.intersection(re.findall(r"<state>([a-z]+)</state>", message.body)))
            seconds = 0.05

    def _is_late(self, message: Message) -> bool:
        """Whether a newer one has come already, or it is another subscription's (RFC 3261, section 12.2.2)."""
        number = int(message.first("CSeq").split()[0])
        if message.first("Call-ID") != self.call_id or number < self.newest:
            return True
        self.newest = number
        return False

    def shows(self, lamp: bool) -> None:
        """Wait until the lamp is on, or off."""

        def is_so() -> bool:
            self.take()
            return self.lamp is lamp

        eventually(is_so, f"the lamp {'on' if lamp else 'off'}")

    @property
    def is_over(self) -> bool:
        """Whether the server has ended the subscription."""
        return bool(self.notified) and self.notified[-1].first("Subscription-State").startswith("terminated")
