"""The call that only rings a phone and refers it, message by message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires import sip_text
from roamline.wires.call_and_refer import RING_SECONDS, CallAndRefer, Plan, Result, State
from roamline.wires.sip_text import SipMessage

PLAN = Plan(
    phone_uri="sip:1001@127.0.0.1:5060", caller='"Bob" <sip:1002@127.0.0.1>', target_uri="sip:1002@127.0.0.1:5060",
    contact="sip:call-back@127.0.0.1:40000", via="SIP/2.0/UDP 127.0.0.1:40000", call_id="abc@call-back", tag="t1",
    headers=(("X-Roamline-Device", "SEP01"),),
)  # fmt: skip


def sent(messages: list[bytes]) -> list[str]:
    return [message.decode().split(" ")[0] for message in messages]


def answer(status: int, cseq: str, *headers: tuple[str, str], body: str = "") -> SipMessage:
    fixed = (("call-id", PLAN.call_id), ("cseq", cseq), ("to", "<sip:1001@127.0.0.1>;tag=phone"))
    return SipMessage("", status, (*fixed, *headers), body)


def asks(method: str, body: str = "") -> SipMessage:
    return SipMessage(method, 0, (("call-id", PLAN.call_id), ("cseq", f"9 {method}"), ("via", "SIP/2.0/UDP x")), body)


@pytest.fixture
def call() -> CallAndRefer:
    made = CallAndRefer(PLAN)
    (invite,) = made.start(0.0)
    assert invite.startswith(b"INVITE sip:1001@127.0.0.1:5060 SIP/2.0\r\n")
    assert b"X-Roamline-Device: SEP01\r\n" in invite
    assert b"a=inactive" in invite
    return made


def answered(call: CallAndRefer) -> None:
    ok = answer(200, "1 INVITE", ("contact", "<sip:x@phone>"), ("record-route", "<sip:a;lr>, <sip:b;lr>"))
    ack, refer = call.receive(ok, 1.0)
    assert ack.startswith(b"ACK sip:x@phone")
    assert refer.startswith(b"REFER sip:x@phone")
    assert refer.index(b"Route: <sip:b;lr>") < refer.index(b"Route: <sip:a;lr>")
    assert b"Refer-To: <sip:1002@127.0.0.1:5060>\r\n" in refer
    assert b"X-Roamline-Device" not in refer


@pytest.mark.parametrize(
    ("fragment", "result"),
    [("SIP/2.0 200 OK", Result.CONNECTED), ("SIP/2.0 486 Busy Here", Result.TARGET_BUSY),
     ("SIP/2.0 480 Away", Result.TARGET_SILENT)],
)  # fmt: skip
def test_the_phone_tells_what_became_of_its_own_call(call: CallAndRefer, fragment: str, result: Result) -> None:
    call.receive(answer(180, "1 INVITE"), 0.1)
    answered(call)
    assert call.receive(answer(202, "2 REFER"), 1.1) == []
    assert sent(call.receive(asks("NOTIFY", "SIP/2.0 180 Ringing"), 1.2)) == ["SIP/2.0"]
    assert sent(call.receive(asks("NOTIFY", fragment), 2.0)) == ["SIP/2.0", "BYE"]
    call.receive(answer(200, "3 BYE"), 2.1)
    assert (call.state, call.result) == (State.OVER, result)


@pytest.mark.parametrize(
    ("status", "result"), [(486, Result.PHONE_BUSY), (480, Result.PHONE_SILENT), (603, Result.PHONE_SILENT)]
)
def test_a_phone_that_does_not_take_the_call(call: CallAndRefer, status: int, result: Result) -> None:
    assert sent(call.receive(answer(status, "1 INVITE"), 1.0)) == ["ACK"]
    assert call.result is result


def test_it_rings_no_longer_than_it_should(call: CallAndRefer) -> None:
    call.receive(answer(180, "1 INVITE"), 0.1)
    assert call.tick(RING_SECONDS - 1) == []
    assert sent(call.tick(RING_SECONDS)) == ["CANCEL"]
    assert sent(call.receive(answer(487, "1 INVITE"), RING_SECONDS + 1)) == ["ACK"]
    assert call.result is Result.PHONE_SILENT


def test_an_answer_that_crosses_the_cancellation_is_hung_up(call: CallAndRefer) -> None:
    call.receive(answer(180, "1 INVITE"), 0.1)
    assert sent(call.cancel(1.0)) == ["CANCEL"]
    assert sent(call.receive(answer(200, "1 INVITE"), 1.1)) == ["ACK", "BYE"]
    call.receive(answer(200, "2 BYE"), 1.2)
    assert call.result is Result.CANCELLED


def test_what_is_not_answered_is_sent_again_and_given_up(call: CallAndRefer) -> None:
    moments = [at / 10 for at in range(1300) if call.tick(at / 10)]
    assert moments[:4] == [0.5, 1.5, 3.5, 7.5]
    assert call.result is not None


def test_a_phone_that_cannot_be_referred_is_hung_up(call: CallAndRefer) -> None:
    answered(call)
    assert sent(call.receive(answer(501, "2 REFER"), 1.1)) == ["BYE"]
    call.tick(60.0)
    assert call.result is Result.FAILED


def test_other_calls_are_left_alone(call: CallAndRefer) -> None:
    assert call.receive(SipMessage("BYE", 0, (("call-id", "other"),), ""), 1.0) == []
    assert call.result is None


@given(st.binary(max_size=400))
def test_whatever_arrives_is_a_message_or_none(data: bytes) -> None:
    for garbage in (data, b"SIP/2.0 200 OK\r\n" + data, b"BYE sip:x SIP/2.0\r\nCSeq: " + data):
        found = sip_text.read(garbage)
        if found is not None:
            assert CallAndRefer(PLAN).receive(found, 0.0) == []


def test_a_value_with_a_line_break_is_never_written() -> None:
    with pytest.raises(ValueError, match="line break"):
        sip_text.write("BYE sip:x SIP/2.0", [("Subject", "a\r\nVia: b")])
    assert sip_text.quoted('Bo"b\\\r\n') == '"Bo b"'
