from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.tftp import (
    Acknowledgement,
    Data,
    ErrorPacket,
    MalformedPacket,
    OptionAcknowledgement,
    Packet,
    ReadRequest,
    WriteRequest,
    encode_packet,
    parse_packet,
    receive_request,
)

texts = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)
words = st.text("abcdefghijklmnopqrstuvwxyz", max_size=12)
options = st.lists(st.tuples(words, texts), max_size=4).map(tuple)
numbers = st.integers(0, 65535)
packets = st.one_of(
    st.builds(ReadRequest, texts, words, options),
    st.builds(WriteRequest, texts, words, options),
    st.builds(Data, numbers, st.binary(max_size=600)),
    st.builds(Acknowledgement, numbers),
    st.builds(ErrorPacket, numbers, texts),
    st.builds(OptionAcknowledgement, options),
)


@given(packets)
def test_what_is_written_is_read_back(packet: Packet) -> None:
    assert parse_packet(encode_packet(packet)) == packet


@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda noise: b"\0\1" + noise + b"\0octet\0"))
def test_no_datagram_raises_anything_else(datagram: bytes) -> None:
    receive_request(datagram)
    try:
        parse_packet(datagram)
    except MalformedPacket:
        return


def test_packets_have_the_bytes_of_the_standard() -> None:
    assert encode_packet(ReadRequest("a.xml", options=(("tsize", "0"),))) == b"\0\1a.xml\0octet\0tsize\x000\0"
    assert encode_packet(Data(258, b"xy")) == b"\0\3\1\2xy"
    assert encode_packet(Acknowledgement(65535)) == b"\0\4\xff\xff"
    assert encode_packet(ErrorPacket(1, "no")) == b"\0\5\0\1no\0"
    assert encode_packet(OptionAcknowledgement((("blksize", "1428"),))) == b"\0\6blksize\x001428\0"


def test_a_read_is_understood_whatever_the_case() -> None:
    request = receive_request(b"\0\1SEP0011AA220001.cnf.xml\0OCTET\0BlkSize\x001428\0")
    assert request == ReadRequest("SEP0011AA220001.cnf.xml", "octet", (("blksize", "1428"),))
    assert receive_request(b"\0\1a.xml\0netascii\0") == ReadRequest("a.xml", "netascii")


@pytest.mark.parametrize(
    ("datagram", "code"),
    [
        (b"\0\2a.xml\0octet\0", 2),
        (b"\0\1../etc/passwd\0octet\0", 2),
        (b"\0\1/etc/passwd\0octet\0", 2),
        (b"\0\1\0octet\0", 2),
        (b"\0\1" + b"a" * 200 + b"\0octet\0", 2),
        (b"\0\1a.xml\0mail\0", 4),
        (b"\0\1a.xml\0", 4),
        (b"\0\1a.xml\0octet", 4),
        (b"\0\1a.xml\0octet\0tsize\0", 4),
        (b"\0\1\xc3\xa9\0octet\0", 4),
        (b"\0\1a.xml\0octet\0" + b"x\0y\0" * 200, 4),
        (b"\0\1a.xml\0octet\0tsize\x000\0TSIZE\x000\0", 8),
    ],
)
def test_what_cannot_be_served_gets_the_fitting_error(datagram: bytes, code: int) -> None:
    answer = receive_request(datagram)
    assert isinstance(answer, ErrorPacket)
    assert answer.code == code


@pytest.mark.parametrize(
    "datagram", [b"", b"\0", b"\0\4\0\1", b"\0\5\0\0x\0", b"\0\3\0\1x", b"\0\6", b"\0\7", b"GET /"]
)
def test_answers_and_noise_are_never_answered(datagram: bytes) -> None:
    assert receive_request(datagram) is None


def test_a_clients_error_text_cannot_forge_a_log_line() -> None:
    packet = parse_packet(b"\0\5\0\0bad\r\n2026 root logged in\x1b[0m\0")
    assert packet == ErrorPacket(0, "bad??2026 root logged in?[0m")
