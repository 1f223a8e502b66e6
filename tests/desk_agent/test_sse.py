"""What the server streams, in whatever pieces it arrives."""

import pytest

from roamline_desk_agent.sse import EventStream, ServerEvent, TooLongError

STREAM = (
    b": keep-alive\n\n"
    b'id: 7\nevent: configuration\ndata: {"version":\ndata: 7}\n\n'
    b"retry: 10\nunknown\ndata:\xc3\xa9\r\n\r\n"
)
EVENTS = [ServerEvent("configuration", '{"version":\n7}', "7"), ServerEvent("message", "é", "7")]


def test_events_are_read_and_comments_and_unknown_fields_pass_by() -> None:
    assert EventStream().feed(STREAM) == EVENTS


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_does_not_matter_how_the_stream_is_cut(size: int) -> None:
    stream = EventStream()
    pieces = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    assert [event for piece in pieces for event in stream.feed(piece)] == EVENTS


def test_a_lone_carriage_return_ends_a_line() -> None:
    assert EventStream().feed(b"data: a\rdata: b\r\r\n") == [ServerEvent("message", "a\nb", "")]


def test_an_event_without_data_is_none() -> None:
    assert EventStream().feed(b"event: configuration\n\n") == []


def test_the_name_of_one_event_is_not_the_next_ones() -> None:
    names = [event.name for event in EventStream().feed(b"event: a\ndata: 1\n\ndata: 2\n\n")]
    assert names == ["a", "message"]


def test_a_line_over_the_limit_is_refused_before_it_ends() -> None:
    with pytest.raises(TooLongError):
        EventStream(most_bytes=10).feed(b"data: 0123456789")


def test_an_event_over_the_limit_is_refused_though_its_lines_are_short() -> None:
    with pytest.raises(TooLongError):
        EventStream(most_bytes=20).feed(b"data: 1234567\n" * 2)
