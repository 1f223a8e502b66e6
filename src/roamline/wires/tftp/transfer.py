"""One read transfer, from the server's side, as a state machine without I/O.

Theory of operation
    A transfer is made from a request and the whole content. ``start`` gives the first datagrams: an OACK when an
    option was agreed, else the first block. From then on ``receive`` takes every datagram that comes from the client's
    address and port, and ``tick`` is called when ``deadline`` has passed. Each returns the datagrams to send, and none
    of them raises. Datagrams from elsewhere are not for this machine: the owner of the socket answers them with
    UNKNOWN_TRANSFER.

    Blocks are counted from 1 without end; the wire carries the count modulo 65536, so that numbers wrap around to 0.
    ``acknowledged`` is the last block that the client has, ``sent`` the last one that was sent. An acknowledgement is
    understood as the block between the two that has its number, so wrapping needs no special case. With a window of
    more than one block the client may acknowledge in the middle: the next window then starts behind that block, which
    repeats what was lost (RFC 7440).

    An acknowledgement of what was already acknowledged is ignored with a window of one: answering it would double
    every packet from there on (the Sorcerer's Apprentice Syndrome, RFC 1123 section 4.2.3.1). With a larger window it
    is how a client says that the first block of the window is missing, so the window is sent again, once; after that
    only progress or a time-out sends.

    What is lost is repeated by time-out; progress resets the count of tries. The table below is the whole behaviour;
    an event that is not in it for a state changes nothing there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from roamline.wires.tftp.negotiation import TftpLimits, agree
from roamline.wires.tftp.packets import (
    Acknowledgement,
    Data,
    ErrorCode,
    ErrorPacket,
    MalformedPacket,
    OptionAcknowledgement,
    ReadRequest,
    encode_packet,
    parse_packet,
)


class State(Enum):
    """Where a transfer stands."""

    NEGOTIATING = "the OACK is sent, block 0 is to be acknowledged"
    SENDING = "blocks are sent, their acknowledgement is awaited"
    DONE = "the client has the last block"
    FAILED = "the transfer was given up, by either side"


class Event(Enum):
    """What can happen to a transfer."""

    OPTIONS_ACKNOWLEDGED = "block 0 is acknowledged for the first time"
    PROGRESS = "a sent block, not the last of the file, is acknowledged"
    COMPLETED = "the last block of the file is acknowledged"
    GAP = "what was acknowledged is acknowledged again for the first time, in a window of several blocks"
    REPETITION = "what was acknowledged is acknowledged again"
    STRAY = "a block that is not under way is acknowledged"
    CLIENT_ERROR = "the client sends an error"
    NONSENSE = "the client sends something that has no place here"
    TIME_OUT = "nothing useful came in time"
    GIVEN_UP = "nothing useful came after the last try, or the whole takes too long"


class Action(Enum):
    """What a transition sends."""

    NOTHING = "nothing"
    SEND_WINDOW = "the next blocks, as many as a window holds"
    SEND_AGAIN = "what was sent last, again"
    SEND_ERROR = "error 4, illegal operation"


TRANSITIONS: dict[tuple[State, Event], tuple[State, Action]] = {
    (State.NEGOTIATING, Event.OPTIONS_ACKNOWLEDGED): (State.SENDING, Action.SEND_WINDOW),
    (State.NEGOTIATING, Event.CLIENT_ERROR): (State.FAILED, Action.NOTHING),
    (State.NEGOTIATING, Event.NONSENSE): (State.FAILED, Action.SEND_ERROR),
    (State.NEGOTIATING, Event.TIME_OUT): (State.NEGOTIATING, Action.SEND_AGAIN),
    (State.NEGOTIATING, Event.GIVEN_UP): (State.FAILED, Action.NOTHING),
    (State.SENDING, Event.PROGRESS): (State.SENDING, Action.SEND_WINDOW),
    (State.SENDING, Event.COMPLETED): (State.DONE, Action.NOTHING),
    (State.SENDING, Event.GAP): (State.SENDING, Action.SEND_AGAIN),
    (State.SENDING, Event.REPETITION): (State.SENDING, Action.NOTHING),
    (State.SENDING, Event.STRAY): (State.SENDING, Action.NOTHING),
    (State.SENDING, Event.CLIENT_ERROR): (State.FAILED, Action.NOTHING),
    (State.SENDING, Event.NONSENSE): (State.FAILED, Action.SEND_ERROR),
    (State.SENDING, Event.TIME_OUT): (State.SENDING, Action.SEND_AGAIN),
    (State.SENDING, Event.GIVEN_UP): (State.FAILED, Action.NOTHING),
}

_ILLEGAL = encode_packet(ErrorPacket(ErrorCode.ILLEGAL_OPERATION, "Illegal TFTP operation"))


class ReadTransfer:
    """One client reading one file. ``now`` is an aware time, never going back by much."""

    def __init__(self, request: ReadRequest, content: bytes, limits: TftpLimits | None = None) -> None:
        self._limits = limits or TftpLimits()
        self._terms = agree(request.options, len(content), self._limits)
        self._content = content
        self._last_block = len(content) // self._terms.block_size + 1
        self._acknowledged = 0
        self._sent = 0
        self._tries = 0
        self._gap_answered = False
        self._state = State.NEGOTIATING if self._terms.answers else State.SENDING
        self._deadline: datetime | None = None
        self._end: datetime | None = None

    @property
    def state(self) -> State:
        """Where the transfer stands."""
        return self._state

    @property
    def is_over(self) -> bool:
        """Whether the transfer needs nothing any more, well or badly."""
        return self._state in (State.DONE, State.FAILED)

    @property
    def deadline(self) -> datetime | None:
        """When ``tick`` is to be called if nothing comes before; None before the start and after the end."""
        return None if self.is_over else self._deadline

    def start(self, now: datetime) -> list[bytes]:
        """The first datagrams. Call it once, before anything else."""
        self._end = now + self._limits.longest_transfer
        action = Action.SEND_AGAIN if self._state is State.NEGOTIATING else Action.SEND_WINDOW
        return self._do(action, now)

    def receive(self, datagram: bytes, now: datetime) -> list[bytes]:
        """A datagram from the client came; return what to send."""
        return self._on(self._event_of(datagram), now)

    def tick(self, now: datetime) -> list[bytes]:
        """Time has passed; return what to send again. Calling it too early does nothing."""
        if self._deadline is None or now < self._deadline:
            return []
        gives_up = self._tries >= self._limits.tries or (self._end is not None and now >= self._end)
        return self._on(Event.GIVEN_UP if gives_up else Event.TIME_OUT, now)

    def _on(self, event: Event, now: datetime) -> list[bytes]:
        transition = TRANSITIONS.get((self._state, event))
        if transition is None:
            return []
        self._state, action = transition
        self._note(event)
        return self._do(action, now)

    def _note(self, event: Event) -> None:
        if event in (Event.OPTIONS_ACKNOWLEDGED, Event.PROGRESS):
            self._tries = 0
            self._gap_answered = False
        elif event is Event.GAP:
            self._gap_answered = True

    def _event_of(self, datagram: bytes) -> Event:
        try:
            packet = parse_packet(datagram)
        except MalformedPacket:
            return Event.NONSENSE
        match packet:
            case Acknowledgement():
                return self._acknowledge(packet.block)
            case ErrorPacket():
                return Event.CLIENT_ERROR
            case ReadRequest():
                # The client asks again because our answer was slow or lost; the time-out repeats it.
                return Event.STRAY
            case _:
                return Event.NONSENSE

    def _acknowledge(self, number: int) -> Event:
        """Move on to the block under way that has this number; say what that means."""
        if self._state is State.NEGOTIATING:
            return Event.OPTIONS_ACKNOWLEDGED if number == 0 else Event.STRAY
        ahead = (number - self._acknowledged) % 65536
        if ahead > self._sent - self._acknowledged:
            return Event.STRAY
        if ahead == 0:
            return Event.GAP if self._terms.window_size > 1 and not self._gap_answered else Event.REPETITION
        self._acknowledged += ahead
        return Event.COMPLETED if self._acknowledged == self._last_block else Event.PROGRESS

    def _do(self, action: Action, now: datetime) -> list[bytes]:
        match action:
            case Action.SEND_WINDOW | Action.SEND_AGAIN:
                self._tries += 1
                self._deadline = now + self._wait()
                return self._outgoing()
            case Action.SEND_ERROR:
                return [_ILLEGAL]
            case Action.NOTHING:
                return []

    def _wait(self) -> timedelta:
        if self._terms.fixed_timeout is not None:
            return self._terms.fixed_timeout
        doubled: timedelta = self._limits.timeout * 2 ** (self._tries - 1)
        return min(doubled, self._limits.longest_timeout)

    def _outgoing(self) -> list[bytes]:
        """The OACK while it is unanswered, else the window behind the last acknowledged block."""
        if self._state is State.NEGOTIATING:
            return [encode_packet(OptionAcknowledgement(self._terms.answers))]
        self._sent = min(self._acknowledged + self._terms.window_size, self._last_block)
        return [self._block(number) for number in range(self._acknowledged + 1, self._sent + 1)]

    def _block(self, number: int) -> bytes:
        start = (number - 1) * self._terms.block_size
        return encode_packet(Data(number % 65536, self._content[start : start + self._terms.block_size]))
