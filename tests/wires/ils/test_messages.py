"""Messages: what is written is read again, what is broken is refused, what is unknown is passed over (RO-3)."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roamline.wires.ils.keys import NetworkKey
from roamline.wires.ils.messages import (
    LARGEST_BEFORE_PROOF,
    Ack,
    Bye,
    Frames,
    Have,
    Please,
    ProtocolError,
    Welcome,
    framed,
    read,
    written,
)
from roamline.wires.ils.records import Head, Position, Stream

STREAM = Stream("a" * 24, "login")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)
types = st.sampled_from(["have", "ack", "news", "head", "welcome", "please", "bye", "hello"])
members = st.dictionaries(st.sampled_from(["of", "at", "chunks", "count", "sum", "sig", "key", "keys"]), json_values)


@pytest.mark.parametrize(
    "message",
    [
        Have({STREAM: Position(3, 4)}, is_all=True),
        Ack(STREAM, Position(3, 4), "unknown cluster"),
        Head(STREAM, Position(3, 4), 2, 77, bytes(64)),
        Welcome((NetworkKey(5, bytes(32), frozenset({"b" * 24})), NetworkKey(0, bytes([1]) * 32))),
        Welcome(),
        Please(),
        Bye("leaves the network"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_what_is_written_is_read_again(message: Any) -> None:
    assert read(written(message)) == message


def test_a_cluster_of_an_older_version_gives_one_key_and_understands_the_newest() -> None:
    old = json.dumps({"t": "welcome", "key": base64.b64encode(bytes(32)).decode()}).encode()
    assert read(old) == Welcome((NetworkKey(0, bytes(32)),))
    fields = json.loads(written(Welcome((NetworkKey(5, b"n" * 32), NetworkKey(0, bytes(32))))))
    assert base64.b64decode(fields["key"]) == b"n" * 32


@pytest.mark.proves("RO-3")
def test_a_newer_version_s_messages_and_members_are_passed_over() -> None:
    assert read(b'{"t":"from the future","x":1}') is None
    fields = json.loads(written(Ack(STREAM, Position(1, 2)))) | {"new": [1, 2]}
    assert read(json.dumps(fields).encode()) == Ack(STREAM, Position(1, 2))


@settings(deadline=None)
@given(types, members)
@example("have", {"at": [["a" * 24, "login", -1, 0]]})
@example("news", {"of": ["a" * 24, "login", 1, 0], "chunks": [[1, 1, "", "", [[1, 1, "\ud800", "{}"]]]]})
@example("news", {"of": ["a" * 24, "login", 1, 0], "chunks": [[1, 1, "", "", [[1, 1, "2001", "\x00"]]]]})
@example("news", {"of": ["a" * 24, "login", 1, 0], "chunks": [[1, 10**9, "", "", []]]})
def test_whatever_a_peer_sends_is_read_or_refused(kind: str, fields: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        read(json.dumps({"t": kind, **fields}).encode())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_read_or_refused(noise: bytes) -> None:
    with suppress(ProtocolError):
        read(noise)


def test_messages_arrive_whole_however_they_were_cut() -> None:
    frames = Frames()
    stream = framed(b"one") + framed(b"") + framed(b"three")
    assert [message for i in range(len(stream)) for message in frames.feed(stream[i : i + 1])] == [
        b"one",
        b"",
        b"three",
    ]


def test_who_has_proved_nothing_may_send_little() -> None:
    with pytest.raises(ProtocolError):
        list(Frames().feed((LARGEST_BEFORE_PROOF + 1).to_bytes(4)))
