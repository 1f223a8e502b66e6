from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roamline.wires.tftp import (
    TRANSITIONS,
    Acknowledgement,
    Data,
    ErrorPacket,
    Event,
    OptionAcknowledgement,
    Packet,
    ReadRequest,
    ReadTransfer,
    State,
    TftpLimits,
    encode_packet,
    parse_packet,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def read(content: bytes, *options: tuple[str, str], limits: TftpLimits | None = None) -> ReadTransfer:
    return ReadTransfer(ReadRequest("a.xml", options=options), content, limits)


def sent(datagrams: list[bytes]) -> list[Packet]:
    return [parse_packet(datagram) for datagram in datagrams]


def ack(transfer: ReadTransfer, block: int, now: datetime = NOW) -> list[Packet]:
    return sent(transfer.receive(encode_packet(Acknowledgement(block)), now))


def blocks(*numbers_and_payloads: tuple[int, bytes]) -> list[Data]:
    return [Data(number, payload) for number, payload in numbers_and_payloads]


class Client:
    """A reading client as the RFCs describe it, on a wire that loses, repeats and reorders."""

    def __init__(self, window: int, block_size: int) -> None:
        self.window = window
        self.block_size = block_size
        self.content = b""
        self.blocks = 0
        self.done = False
        self.unacknowledged = 0

    def receive(self, packet: Packet) -> list[bytes]:
        if isinstance(packet, OptionAcknowledgement):
            return [] if self.blocks else [encode_packet(Acknowledgement(0))]
        assert isinstance(packet, Data)
        if self.done or packet.block != (self.blocks + 1) % 65536:
            self.unacknowledged = 0
            return [encode_packet(Acknowledgement(self.blocks % 65536))]
        self.blocks += 1
        self.content += packet.payload
        self.done = len(packet.payload) < self.block_size
        self.unacknowledged += 1
        if self.done or self.unacknowledged == self.window:
            self.unacknowledged = 0
            return [encode_packet(Acknowledgement(self.blocks % 65536))]
        return []


def test_without_options_blocks_of_512_go_one_by_one() -> None:
    transfer = read(b"x" * 512 + b"y" * 10)
    assert sent(transfer.start(NOW)) == blocks((1, b"x" * 512))
    assert ack(transfer, 1) == blocks((2, b"y" * 10))
    assert ack(transfer, 2) == []
    assert transfer.state is State.DONE
    assert transfer.deadline is None


@pytest.mark.parametrize("size", [0, 512, 1024])
def test_a_whole_number_of_blocks_ends_with_an_empty_one(size: int) -> None:
    transfer = read(b"x" * size)
    packets = sent(transfer.start(NOW))
    for number in range(1, size // 512 + 1):
        packets += ack(transfer, number)
    assert packets[-1] == Data(size // 512 + 1, b"")
    ack(transfer, size // 512 + 1)
    assert transfer.state is State.DONE


def test_options_are_agreed_before_the_first_block() -> None:
    transfer = read(b"x" * 3000, ("tsize", "0"), ("blksize", "1428"), ("timeout", "3"), ("colour", "red"))
    assert sent(transfer.start(NOW)) == [
        OptionAcknowledgement((("tsize", "3000"), ("blksize", "1428"), ("timeout", "3")))
    ]
    assert transfer.deadline == NOW + 3 * SECOND
    assert ack(transfer, 5) == []
    assert ack(transfer, 0) == blocks((1, b"x" * 1428))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (("blksize", "8"), "8"),
        (("blksize", "65464"), "65464"),
        (("blksize", "99999"), "65464"),
        (("blksize", "7"), None),
        (("blksize", "0"), None),
        (("blksize", "-8"), None),
        (("blksize", "1e3"), None),
        (("blksize", "9" * 400), None),
        (("windowsize", "4"), "4"),
        (("windowsize", "65535"), "16"),
        (("windowsize", "0"), None),
        (("timeout", "1"), "1"),
        (("timeout", "8"), "8"),
        (("timeout", "255"), None),
        (("timeout", "0"), None),
        (("tsize", "0"), "5"),
        (("tsize", "x"), None),
        (("multicast", ""), None),
    ],
)
def test_absurd_options_are_lowered_or_left_out(asked: tuple[str, str], answered: str | None) -> None:
    first = sent(read(b"hello", asked).start(NOW))
    expected = Data(1, b"hello") if answered is None else OptionAcknowledgement(((asked[0], answered),))
    assert first == [expected]


def test_a_burst_is_limited_however_large_the_blocks() -> None:
    transfer = read(b"x" * 10**6, ("blksize", "30000"), ("windowsize", "9"))
    assert sent(transfer.start(NOW)) == [OptionAcknowledgement((("blksize", "30000"), ("windowsize", "2")))]


def test_a_window_goes_at_once_and_resumes_behind_what_arrived() -> None:
    transfer = read(bytes(range(48)) * 1, ("blksize", "8"), ("windowsize", "4"))
    transfer.start(NOW)
    assert [packet.block for packet in ack(transfer, 0) if isinstance(packet, Data)] == [1, 2, 3, 4]
    assert [packet.block for packet in ack(transfer, 2) if isinstance(packet, Data)] == [3, 4, 5, 6]
    assert [packet.block for packet in ack(transfer, 6) if isinstance(packet, Data)] == [7]
    ack(transfer, 7)
    assert transfer.state is State.DONE


def test_a_repeated_acknowledgement_doubles_nothing() -> None:
    transfer = read(b"x" * 2000)
    transfer.start(NOW)
    assert len(ack(transfer, 1)) == 1
    assert ack(transfer, 1) == []
    assert ack(transfer, 0) == []
    assert ack(transfer, 3) == []
    assert len(ack(transfer, 2)) == 1


def test_a_lost_first_block_of_a_window_is_answered_once() -> None:
    transfer = read(b"x" * 80, ("blksize", "8"), ("windowsize", "4"))
    transfer.start(NOW)
    ack(transfer, 0)
    assert len(ack(transfer, 0)) == 4
    assert ack(transfer, 0) == []
    assert len(ack(transfer, 4)) == 4
    assert len(ack(transfer, 4)) == 4


def test_silence_is_answered_by_repeating_ever_more_slowly_and_then_by_giving_up() -> None:
    transfer = read(b"hello")
    assert sent(transfer.start(NOW)) == blocks((1, b"hello"))
    assert transfer.tick(NOW + SECOND / 2) == []
    waits = []
    now = NOW
    while (deadline := transfer.deadline) is not None:
        waits.append((deadline - now) / SECOND)
        now = deadline
        assert sent(transfer.tick(now)) in ([], blocks((1, b"hello")))
    assert waits == [1, 2, 4, 8, 8]
    assert transfer.state is State.FAILED
    assert ack(transfer, 1) == []


def test_progress_gives_new_tries_but_no_transfer_lasts_for_ever() -> None:
    limits = TftpLimits(tries=2, longest_transfer=timedelta(seconds=20))
    transfer = read(b"x" * 100_000, limits=limits)
    now = NOW
    transfer.start(now)
    for block in range(1, 12):
        deadline = transfer.deadline
        assert deadline is not None
        now = deadline
        assert len(transfer.tick(now)) == 1
        ack(transfer, block, now + SECOND / 2)
        now += SECOND / 2
    while transfer.deadline is not None:
        now = transfer.deadline
        transfer.tick(now)
    assert transfer.state is State.FAILED


def test_block_numbers_wrap_around_to_zero() -> None:
    content = bytes(8 * 65536 + 3)
    transfer = read(content, ("blksize", "8"), ("windowsize", "16"))
    client = Client(16, 8)
    inbox = transfer.start(NOW)
    while inbox:
        answers = [answer for datagram in inbox for answer in client.receive(parse_packet(datagram))]
        inbox = [datagram for answer in answers for datagram in transfer.receive(answer, NOW)]
    assert client.done
    assert len(client.content) == len(content)
    assert client.blocks == 65537
    assert transfer.state is State.DONE


@pytest.mark.parametrize("datagram", [b"", b"\0\3\0\1x", b"\0\2a\0octet\0", b"\0\6", b"\0\x09", b"\0\4\0"])
def test_nonsense_ends_a_transfer_with_error_4(datagram: bytes) -> None:
    transfer = read(b"hello")
    transfer.start(NOW)
    (answer,) = sent(transfer.receive(datagram, NOW))
    assert isinstance(answer, ErrorPacket)
    assert answer.code == 4
    assert transfer.is_over
    assert transfer.receive(datagram, NOW) == []


def test_a_clients_error_ends_the_transfer_without_a_word() -> None:
    transfer = read(b"hello", ("tsize", "0"))
    transfer.start(NOW)
    assert transfer.receive(encode_packet(ErrorPacket(8, "no options please")), NOW) == []
    assert transfer.state is State.FAILED


def test_a_repeated_request_does_not_disturb() -> None:
    transfer = read(b"hello")
    transfer.start(NOW)
    assert transfer.receive(encode_packet(ReadRequest("a.xml")), NOW) == []
    assert transfer.state is State.SENDING


def test_nothing_leads_out_of_an_end() -> None:
    assert not [key for key in TRANSITIONS if key[0] in (State.DONE, State.FAILED)]
    assert {event for state, event in TRANSITIONS if state is State.SENDING} == set(Event) - {
        Event.OPTIONS_ACKNOWLEDGED
    }


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.integers(8, 40),
    st.integers(1, 6),
    st.lists(st.sampled_from(["lose", "repeat", "pass", "pass", "pass"]), max_size=60),
)
def test_a_bad_wire_only_makes_it_slower(content: bytes, block_size: int, window: int, fates: list[str]) -> None:
    limits = TftpLimits(tries=100)
    transfer = read(content, ("blksize", str(block_size)), ("windowsize", str(window)), limits=limits)
    client = Client(window, block_size)
    now = NOW
    outbox = transfer.start(now)
    fate = iter(fates)
    for _ in range(5000):
        if transfer.is_over:
            break
        arrived = [copy for datagram in outbox for copy in [datagram] * _copies(next(fate, "pass"))]
        answers = [answer for datagram in arrived for answer in client.receive(parse_packet(datagram))]
        answers = [copy for answer in answers for copy in [answer] * _copies(next(fate, "pass"))]
        outbox = [datagram for answer in answers for datagram in transfer.receive(answer, now)]
        if not outbox and transfer.deadline is not None:
            now = transfer.deadline
            outbox = transfer.tick(now)
    assert transfer.state is State.DONE
    assert client.content == content


def _copies(fate: str) -> int:
    return {"lose": 0, "repeat": 2, "pass": 1}[fate]


@given(st.lists(st.one_of(st.binary(max_size=12), st.integers(0, 9).map(lambda n: b"\0\4\0" + bytes([n])), st.none())))
def test_no_order_of_events_raises(events: list[bytes | None]) -> None:
    transfer = read(b"x" * 3000, ("windowsize", "2"))
    transfer.start(NOW)
    now = NOW
    for event in events:
        if event is None:
            now += 2 * SECOND
            transfer.tick(now)
        else:
            transfer.receive(event, now)
