"""What the agent knows of calls, from what baresip says."""

from datetime import UTC, datetime

from roamline_desk_agent.calls import CallBook, CallEnded, CallStarted
from roamline_desk_agent.rtp_statistics import RtpStatistics, Summary, SummaryReader, from_event

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEER = "sip:1002@test.invalid"
# As baresip 1.0.0 prints it after a call of 7 seconds, the registrar and RTCP included.
PRINTED = """\
sip:1001@test.invalid: Call with sip:1002@test.invalid;transport=udp terminated (duration: 7 secs)

audio           Transmit:     Receive:
packets:            351          350
avg. bitrate:      64.1         64.1  (kbit/s)
errors:               0            0
pkt.report:         250          250
lost:                 2            1
jitter:             0.8          0.7  (ms)
"""


def event(kind: str, call_id: str = "", direction: str = "outgoing", **more: object) -> dict[str, object]:
    return {"type": kind, "id": call_id, "direction": direction, "accountaor": "sip:1001@x", "peeruri": PEER, **more}


def summaries(text: str, reader: SummaryReader | None = None) -> list[Summary]:
    reader = reader or SummaryReader()
    return [summary for text_line in text.splitlines() if (summary := reader.read(text_line))]


def established(book: CallBook, call_id: str = "a") -> None:
    book.hear(event("CALL_LOCAL_SDP"), NOW)
    book.hear(event("CALL_RINGING", call_id), NOW)
    book.hear(event("CALL_ESTABLISHED", call_id), NOW)


def test_a_dialled_call_starts_when_the_network_has_heard_of_it() -> None:
    book = CallBook()
    assert book.hear(event("CALL_LOCAL_SDP"), NOW) == []
    assert [call.state for call in book.calls] == ["dialling"]
    facts = book.hear(event("CALL_RINGING", "a"), NOW)
    assert [type(fact) for fact in facts] == [CallStarted]
    assert [(call.call_id, call.state) for call in book.calls] == [("a", "ringing")]


def test_a_refused_call_starts_and_ends_with_the_reason() -> None:
    book = CallBook()
    book.hear(event("CALL_LOCAL_SDP"), NOW)
    facts = book.hear(event("CALL_CLOSED", "a", param="404 Not Found"), NOW)
    assert [type(fact) for fact in facts] == [CallStarted, CallEnded]
    assert not book.is_busy()
    assert book.last
    assert book.last.reason == "404 Not Found"


def test_a_call_in_the_air_keeps_the_phone_busy_until_it_closes() -> None:
    book = CallBook()
    book.hear(event("CALL_INCOMING", "a", "incoming"), NOW)
    assert book.is_busy()
    book.hear(event("CALL_CLOSED", "a", "incoming", param="Connection reset by peer"), NOW)
    assert not book.is_busy()
    assert book.last
    assert book.last.reason == "hung up by the other side"


def test_a_call_that_baresip_refused_to_dial_is_forgotten() -> None:
    book = CallBook()
    book.hear(event("CALL_LOCAL_SDP"), NOW)
    book.forget_dialling()
    assert not book.is_busy()


def test_other_events_change_nothing() -> None:
    book = CallBook()
    assert book.hear({"type": "REGISTER_OK"}, NOW) == []
    assert book.hear(event("CALL_CLOSED", ""), NOW) == []
    assert book.hear({}, NOW) == []
    assert not book.is_busy()


def test_the_number_of_calls_is_bounded() -> None:
    book = CallBook()
    for number in range(200):
        book.hear(event("CALL_INCOMING", f"c{number}", "incoming"), NOW)
    assert len(book.calls) == 100


def test_a_dead_baresip_ends_all_calls() -> None:
    book = CallBook()
    established(book)
    assert [type(fact) for fact in book.end_all("baresip stopped", NOW)] == [CallEnded]
    assert not book.is_busy()


def test_the_printed_summary_is_read() -> None:
    assert summaries(PRINTED)[-1].rtp == RtpStatistics(351, 350, 2, 1, 0)


def test_a_short_call_has_no_loss_figures() -> None:
    assert summaries("\n".join(PRINTED.splitlines()[:6]))[-1].rtp == RtpStatistics(351, 350, None, None, 0)


def test_a_call_under_a_second_is_summarised_without_its_peer() -> None:
    book = CallBook()
    established(book)
    book.hear(event("CALL_CLOSED", "a"), NOW)
    lines = PRINTED.splitlines()
    book.summarise(summaries("\n".join(["ua: something else", *lines[1:4]]))[-1])
    assert book.last
    assert book.last.rtp == RtpStatistics(351, 350)


def test_figures_outside_a_summary_are_nobodys() -> None:
    assert summaries("packets: 1 2\n" + PRINTED.splitlines()[0] + "\nua: something else\npackets: 1 2") == []


def test_a_summary_belongs_to_its_call_whether_it_comes_before_or_after_the_close() -> None:
    for early in (True, False):
        book = CallBook()
        established(book)
        if early:
            book.summarise(summaries(PRINTED)[-1])
        book.hear(event("CALL_CLOSED", "a"), NOW)
        if not early:
            assert book.awaits_summary
            book.summarise(summaries(PRINTED)[-1])
        assert book.last
        assert book.last.rtp == RtpStatistics(351, 350, 2, 1, 0)


def test_the_next_calls_early_summary_is_not_given_to_the_call_before() -> None:
    book, reader = CallBook(), SummaryReader()
    established(book, "a")
    book.hear(event("CALL_CLOSED", "a"), NOW)
    book.summarise(summaries(PRINTED, reader)[-1])
    established(book, "b")
    book.summarise(summaries(PRINTED.replace("351", "99"), reader)[-1])
    assert book.last
    assert book.last.rtp
    assert book.last.rtp.sent == 351
    book.hear(event("CALL_CLOSED", "b"), NOW)
    assert book.last.rtp.sent == 99


def test_the_running_figures_of_an_event_are_read() -> None:
    stats = {"tx": {"sent": 250, "lost": 1, "jit": 7}, "rx": {"sent": 249, "lost": 0, "jit": 8}, "rtt": 0}
    assert from_event(stats) == RtpStatistics(250, 249, 1, 0)
    assert from_event({"tx": {}, "rx": {}}) is None
    assert from_event(None) is None


def test_the_history_has_the_calls_that_ended_the_last_hundred_and_can_be_cleared() -> None:
    book = CallBook()
    for number in range(102):
        established(book, f"call{number}")
        book.hear(event("CALL_CLOSED", f"call{number}", param="bye"), NOW)
    assert [ended.call.call_id for ended in book.history] == [f"call{number}" for number in range(2, 102)]
    established(book, "still up")
    book.clear_history()
    assert (list(book.history), book.last) == ([], None)
    assert [call.call_id for call in book.calls] == ["still up"]
