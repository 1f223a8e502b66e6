"""The framing of baresip's control connection."""

import pytest

from roamline_desk_agent.netstring import Decoder, NetstringError, encode


def test_what_is_encoded_comes_back_in_whatever_pieces() -> None:
    stream = encode(b"") + encode(b'{"a":"b,"}') + encode("é".encode())
    decoder = Decoder()
    payloads = [payload for byte in stream for payload in decoder.feed(bytes([byte]))]
    assert payloads == [b"", b'{"a":"b,"}', "é".encode()]


def test_two_at_once_come_back_in_order() -> None:
    assert Decoder().feed(encode(b"1") + encode(b"2") + b"3:ab") == [b"1", b"2"]


@pytest.mark.parametrize("broken", [b"x", b"3:abc;", b":", b"-1:a,", b"12345678", b"9999999:"])
def test_broken_framing_is_refused(broken: bytes) -> None:
    with pytest.raises(NetstringError):
        Decoder().feed(broken)


def test_a_length_over_the_limit_is_refused_before_its_bytes_come() -> None:
    with pytest.raises(NetstringError):
        Decoder(most_bytes=10).feed(b"11:")
