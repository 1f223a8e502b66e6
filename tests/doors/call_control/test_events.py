"""What Kamailio reports reaches the engine: registrations with the version of their secret, calls with both ends."""

from __future__ import annotations

import pytest

from roamline.doors.call_control import events
from roamline.doors.call_control.events import Called, Registered, Unanswered
from tests.sip_client import eventually


@pytest.mark.needs("kamailio")
def test_a_registration_is_reported_with_the_version_of_its_secret(site, heard):
    site.phone("SEP01", "1001", configuration_version=42)
    phone = site.sip("SEP01")
    phone.user_agent = 'Cisco-CP8861/14.1.1 "quoted\\'
    assert phone.register("1001") == 200
    event = eventually(lambda: heard and heard.pop(), "the event")
    assert event == Registered("SEP01", "1001", 42, 60, "", "", "127.0.0.1", False)
    phone.user_agent = "Cisco-CP8861/14.1.1"
    assert phone.register("1001", 0) == 200
    event = eventually(lambda: heard and heard.pop(), "the event")
    assert event == Registered("SEP01", "1001", 42, 0, "Cisco-CP8861/14.1.1", "", "127.0.0.1", True)


@pytest.mark.needs("kamailio")
def test_the_previous_secret_confirms_nothing(site, heard):
    row = site.phone("SEP01", "1001")
    site.rotate(row, "new")
    phone = site.sip("SEP01")
    assert phone.register("1001") == 401
    assert phone.register("1001", 0) == 200
    assert [event.is_over for event in eventually(lambda: heard, "the event")] == [True]


@pytest.mark.needs("kamailio")
def test_calls_are_reported_with_both_ends(site, heard):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    outgoing = one.dial("1002", "1001")
    two.rings().answer()
    assert one.finish(outgoing).status == 200
    started = eventually(lambda: [e for e in heard if isinstance(e, Called)], "the start")
    assert started == [Called("call_started", "SEP01", "SEP02", "1002", outgoing.call_id)]
    outgoing.hang_up()
    eventually(lambda: Called("call_ended", "SEP01", "SEP02", "1002", outgoing.call_id) in heard, "the end")
    urgent = one.call("112", "1001")
    assert urgent.status == 200
    eventually(lambda: Called("call_started", "SEP01", "", "112", urgent.call_id) in heard, "the emergency call")
    urgent.hang_up()


@pytest.mark.needs("kamailio")
def test_calls_that_nobody_answers_are_reported_with_what_became_of_them(site, heard):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    number = site.number("1002").pk
    assert one.call("1002", "1001").status == 480, "nobody is registered"
    eventually(lambda: Unanswered("SEP01", "1001", number, 486) in heard, "the call to no phone")
    heard.clear()
    assert two.register("1002") == 200
    outgoing = one.dial("1002", "1001")
    two.rings().reject("486 Busy Here")
    assert one.finish(outgoing).status == 486
    eventually(lambda: Unanswered("SEP01", "1001", number, 486) in heard, "the busy line")
    outgoing = one.dial("1002", "1001")
    incoming = two.rings()
    one.cancel(outgoing)
    two.expect("CANCEL")
    incoming.reject("487 Request Terminated")
    one.finish(outgoing)
    eventually(lambda: Unanswered("SEP01", "1001", number, 487) in heard, "the call that was given up")


@pytest.mark.needs("kamailio")
def test_the_listener_is_back_after_a_restart_of_kamailio(site, heard):
    site.phone("SEP01", "1001")
    site.stop(site.processes[-1])
    site.start_kamailio()
    phone = site.sip("SEP01")
    eventually(site.is_heard, "the connection")
    eventually(lambda: phone.register("1001") == 200 and heard, "an event after the restart")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{",
        b'{"event":"else"}',
        b'{"event":"registered"}',
        b'{"event":"registered","device":"SEP01","version":"1"}',
        b'{"event":"registered","device":"../x","version":1}',
        b'{"event":"registered","device":7,"version":1}',
        b'{"event":"call_unanswered","device":"SEP01","number_id":0,"status":486}',
        b'{"event":"call_unanswered","device":"SEP01","number_id":"1","status":486}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_known_event_is_ignored(payload):
    assert events.parse(payload) is None


def test_texts_are_cut_and_a_strange_device_is_nobody():
    called = events.parse(b'{"event":"call_ended","caller":"a b","callee":"SEP01","number":"' + b"1" * 99 + b'"}')
    assert called == Called("call_ended", "", "SEP01", "1" * 32, "")
