"""Seals and heads: only an origin can write its records, and what it wrote can be proved (RO-3, S-8)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roamline.wires.ils.identity import Identity, origin_of
from roamline.wires.ils.messages import News, ProtocolError, read, written
from roamline.wires.ils.records import Chunk, Position, Record, Stream, is_genuine, portions, seal, signed_head

HQ, ROGUE = Identity(bytes(32)), Identity(bytes([1]) * 32)
STREAM = Stream(HQ.origin, "number")
payloads = st.none() | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40)
said = st.lists(st.tuples(st.text("0123456789", min_size=1, max_size=8), payloads), min_size=1, max_size=30)


def chunk_of(rows: list[tuple[str, str | None]], identity: Identity = HQ) -> Chunk:
    records = [Record(n, 1000 + n, key, payload) for n, (key, payload) in enumerate(rows, 1)]
    return Chunk(seal(identity, "number", 7, records), tuple(records))


@pytest.mark.proves("RO-3")
@settings(deadline=None)
@given(said, st.sets(st.integers(1, 30)))
def test_a_relay_can_prove_what_is_left_of_a_seal(rows: list[tuple[str, str | None]], gone: set[int]) -> None:
    chunk = chunk_of(rows)
    left = Chunk(chunk.seal, tuple(record for record in chunk.records if record.n not in gone))
    news = read(written(News(STREAM, Position(7, 0), (left,))))
    assert news == News(STREAM, Position(7, 0), (left,))
    assert is_genuine(news.chunks[0].seal, STREAM, HQ.public_key)


@settings(deadline=None)
@given(said, st.data())
def test_nothing_in_a_seal_can_be_changed(rows: list[tuple[str, str | None]], data: st.DataObject) -> None:
    chunk = chunk_of(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    record = chunk.records[at]
    forged = data.draw(
        st.sampled_from(
            [
                record._replace(key=record.key + "1"),
                record._replace(payload=(record.payload or "") + "x"),
                record._replace(stamp=record.stamp + 1),
                record._replace(n=record.n + 1),
            ]
        )
    )
    records = (*chunk.records[:at], forged, *chunk.records[at + 1 :])
    news = News(STREAM, Position(7, 0), (Chunk(chunk.seal, records),))
    with suppress(ProtocolError):  # numbers that are out of order are not even read
        arrived = read(written(news))
        assert isinstance(arrived, News)
        assert not is_genuine(arrived.chunks[0].seal, STREAM, HQ.public_key)


def test_nobody_can_seal_for_another() -> None:
    given = chunk_of([("2001", "{}")], ROGUE).seal
    assert not is_genuine(given, STREAM, HQ.public_key)
    assert not is_genuine(given, STREAM, ROGUE.public_key)  # its seal names its own stream
    assert origin_of(ROGUE.public_key) != HQ.origin


def test_a_seal_counts_for_its_stream_and_epoch_only() -> None:
    given = chunk_of([("2001", "{}")]).seal
    assert is_genuine(given, STREAM, HQ.public_key)
    assert not is_genuine(given, Stream(HQ.origin, "login"), HQ.public_key)
    assert not is_genuine(replace(given, epoch=8), STREAM, HQ.public_key)


def test_a_head_is_signed_as_a_whole() -> None:
    head = signed_head(HQ, "number", Position(7, 3), 3, 99)
    assert head.statement() != replace(head, total=98).statement()
    assert head.statement() != replace(head, stream=Stream(HQ.origin, "login")).statement()


def test_one_seal_covers_at_most_a_thousand_records() -> None:
    records = [Record(n, n, str(n), "{}") for n in range(1, 2502)]
    assert [len(portion) for portion in portions(records)] == [1000, 1000, 501]
    large = [Record(n, n, str(n), "x" * 16_000) for n in range(1, 41)]
    assert max(len(portion) for portion in portions(large)) < 20
