from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.netstring import NetstringDecoder, NetstringError, encode_netstring


def test_a_netstring_is_a_length_a_colon_the_payload_and_a_comma() -> None:
    assert encode_netstring(b'{"a":1}') == b'7:{"a":1},'
    assert encode_netstring(b"") == b"0:,"


@given(st.lists(st.binary(max_size=300)), st.lists(st.integers(1, 40)))
def test_payloads_survive_whatever_pieces_the_stream_arrives_in(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(encode_netstring(payload) for payload in payloads)
    decoder = NetstringDecoder()
    received: list[bytes] = []
    for cut in cuts:
        received += decoder.feed(stream[:cut])
        stream = stream[cut:]
    received += decoder.feed(stream)
    assert received == payloads
    assert decoder.is_between_frames


@pytest.mark.parametrize(
    "stream", [b"x", b":,", b"-1:,", b"+1:a,", b" 1:a,", b"01:a,", b"1:ab", b"11:", b"999999", b"1 :a,", b"\xb2:aa,"]
)
def test_a_broken_stream_is_refused_at_once_and_for_good(stream: bytes) -> None:
    decoder = NetstringDecoder(limit=10)
    with pytest.raises(NetstringError):
        decoder.feed(b"2:ok," + stream)
    with pytest.raises(NetstringError):
        decoder.feed(b"2:ok,")
    assert not decoder.is_between_frames


def test_a_frame_of_exactly_the_limit_is_accepted() -> None:
    assert NetstringDecoder(limit=10).feed(encode_netstring(b"x" * 10)) == [b"x" * 10]


def test_a_cut_frame_is_seen_as_such() -> None:
    decoder = NetstringDecoder()
    assert decoder.feed(b"5:hel") == []
    assert not decoder.is_between_frames
    assert decoder.feed(b"lo,") == [b"hello"]


@given(st.binary(max_size=60), st.integers(0, 20))
def test_no_stream_raises_anything_else(stream: bytes, limit: int) -> None:
    decoder = NetstringDecoder(limit)
    try:
        assert all(len(payload) <= limit for payload in decoder.feed(stream))
    except NetstringError:
        return
