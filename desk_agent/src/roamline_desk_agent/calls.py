"""The calls there are, told from baresip's events. Pure: events and the time in, facts out."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from roamline_desk_agent.rtp_statistics import RtpStatistics, Summary, from_event
from roamline_desk_agent.words import gettext_noop

MOST_CALLS = 100
MOST_REMEMBERED = 100
MOST_PEER = 256
STATES = {
    "CALL_INCOMING": gettext_noop("ringing"),
    "CALL_RINGING": gettext_noop("ringing"),
    "CALL_PROGRESS": gettext_noop("ringing"),
    "CALL_ESTABLISHED": gettext_noop("established"),
}
DIRECTIONS = {"incoming": "in", "outgoing": "out"}
# What libre says for an ordinary end; everything else is the other side's own status line.
ENDS = {
    "Connection reset by user": gettext_noop("hung up here"),
    "Connection reset by peer": gettext_noop("hung up by the other side"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call now. `call_id` is the SIP Call-ID, empty until baresip tells it (a call just dialled)."""

    call_id: str
    aor: str
    peer: str
    direction: str
    state: str
    since: datetime
    established_at: datetime | None = None
    rtp: RtpStatistics | None = None


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that is over: why, and what RTP flowed (None: it was never established, or baresip did not say)."""

    call: Call
    reason: str
    ended_at: datetime
    rtp: RtpStatistics | None = None


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call rings here, or the network has heard of a call dialled here."""

    call: Call


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over."""

    ended: EndedCall


CallFact = CallStarted | CallEnded


@dataclass(slots=True)
class CallBook:
    """All calls, oldest first, the last one that ended, those that ended before, and how many have ended."""

    calls: list[Call] = field(default_factory=list)
    last: EndedCall | None = None
    history: deque[EndedCall] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    ended: int = 0
    _summary: Summary | None = None
    _claimed: int = 0
    _used: int = 0

    def is_busy(self) -> bool:
        """Whether there is any call, be it only ringing."""
        return bool(self.calls)

    @property
    def awaits_summary(self) -> bool:
        """Whether baresip has still to print the statistics of the last call."""
        return self.last is not None and self.last.call.established_at is not None and self.last.rtp is None

    def hear(self, event: Mapping[str, object], now: datetime) -> list[CallFact]:
        """Take one baresip event in; other events than those of calls change nothing."""
        kind, said = str(event.get("type")), _call_of(event, now)
        if kind == "CALL_LOCAL_SDP" and said.direction == "out" and not self._position(said) and self._has_room():
            self.calls.append(said)
            return []
        if kind not in {*STATES, "CALL_CLOSED", "CALL_RTCP"} or not said.call_id:
            return []
        facts = self._meet(said)
        position = self._position(said)
        if position is None:
            return facts
        if kind == "CALL_CLOSED":
            return [*facts, self._end(position, str(event.get("param") or ""), now)]
        self.calls[position] = _moved(self.calls[position], kind, event, now)
        return facts

    def end_all(self, reason: str, now: datetime) -> list[CallFact]:
        """Every call is gone, for one reason (baresip died): its summaries count from 1 again."""
        self._summary, self._claimed, self._used = None, 0, 0
        return [self._end(0, reason, now) for _ in self.calls.copy()]

    def forget_dialling(self) -> None:
        """A dialled call that baresip refused before the network heard of it."""
        self.calls = [call for call in self.calls if call.call_id]

    def clear_history(self) -> None:
        """Calls that ended are shown no longer (EM-27); those that go on stay."""
        self.history.clear()
        self.last = None

    def summarise(self, summary: Summary) -> None:
        """What baresip printed about a call that ended: on another channel, so before or after its CALL_CLOSED."""
        self._summary = summary
        self._attach_summary()

    def _attach_summary(self) -> None:
        summary, last = self._summary, self.last
        if summary is None or last is None or not last.call.established_at:
            return
        if summary.peer and last.call.peer != summary.peer:
            return
        if summary.number > self._used and self._claimed in (0, summary.number):
            self._claimed, self.last = summary.number, replace(last, rtp=summary.rtp)

    def _meet(self, said: Call) -> list[CallFact]:
        if any(call.call_id == said.call_id for call in self.calls) or not self._has_room():
            return []
        dialled = next((i for i, call in enumerate(self.calls) if not call.call_id and call.peer == said.peer), None)
        if dialled is None:
            self.calls.append(said)
        else:
            self.calls[dialled] = replace(self.calls[dialled], call_id=said.call_id)
        return [CallStarted(said)]

    def _end(self, position: int, reason: str, now: datetime) -> CallEnded:
        call = self.calls.pop(position)
        self._used, self._claimed = max(self._used, self._claimed), 0
        ended = self.last = EndedCall(call, ENDS.get(reason, reason) or "no reason given", now)
        self.ended += 1
        self.history.append(ended)
        self._attach_summary()
        return CallEnded(ended)

    def _position(self, said: Call) -> int | None:
        return next((i for i, call in enumerate(self.calls) if said.call_id and call.call_id == said.call_id), None)

    def _has_room(self) -> bool:
        return len(self.calls) < MOST_CALLS


def _call_of(event: Mapping[str, object], now: datetime) -> Call:
    return Call(
        call_id=str(event.get("id") or ""),
        aor=str(event.get("accountaor") or ""),
        peer=str(event.get("peeruri") or "").partition(";")[0][:MOST_PEER],
        direction=DIRECTIONS.get(str(event.get("direction")), "in"),
        state="dialling",
        since=now,
    )


def _moved(call: Call, kind: str, event: Mapping[str, object], now: datetime) -> Call:
    if kind == "CALL_RTCP":
        return replace(call, rtp=from_event(event.get("rtcp_stats")) or call.rtp)
    established_at = call.established_at or (now if kind == "CALL_ESTABLISHED" else None)
    return replace(call, state="established" if established_at else STATES[kind], established_at=established_at)
