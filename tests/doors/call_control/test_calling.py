"""Calls: class of service, several devices, what leaves the site, what comes in."""

from __future__ import annotations

import pytest

from roamline.rooms.phones.models import Phone
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]


def test_a_call_rings_is_answered_and_ends(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    outgoing = one.dial("1002", "1001")
    incoming = two.rings()
    assert "1001" in incoming.invite.first("P-Asserted-Identity")
    incoming.answer()
    assert one.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    two.expect("BYE")


def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    outgoing = one.dial("1002", "1001")
    incoming = two.rings()
    one.cancel(outgoing)
    two.expect("CANCEL")
    incoming.reject("487 Request Terminated")
    assert one.finish(outgoing).status == 487
    assert eventually(lambda: site.rpc().in_call("SEP02") is False, "the ringing's end")


@pytest.mark.proves("EM-40")
def test_outside_calls_need_a_space_that_reaches_them(site):
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002", css=site.space("Everything", "Internal", "External"))
    assert site.sip("SEP01").call("95551234", "1001").status == 403
    assert site.left_the_site() == []
    call = site.sip("SEP02").call("95551234", "1002")
    assert call.status == 200
    assert call.hang_up().status == 200
    (left,) = site.left_the_site()
    assert left["number"] == "5551234"
    assert "1002" in left["p_asserted_identity"]


@pytest.mark.proves("EM-40")
def test_a_logged_in_profile_brings_its_calling_rights_and_takes_them_away(site):
    site.route("9!", "External", site.trunk())
    row = site.phone("SEP01", "1901")
    alice = site.profile("EM_alice", "1001", css=site.space("Everything", "Internal", "External"))
    phone = site.sip("SEP01")
    assert phone.call("95551234", "1901").status == 403
    Phone.objects.filter(pk=row.pk).update(current_profile=alice)
    call = phone.call("95551234", "1001")
    assert call.status == 200
    assert call.hang_up().status == 200
    Phone.objects.filter(pk=row.pk).update(current_profile=row.own_profile)
    assert phone.call("95551234", "1001").status == 403
    assert phone.call("95551234", "1901").status == 403


@pytest.mark.proves("EM-41")
def test_a_number_on_several_devices_rings_all_of_them(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    site.phone("SEP03", "1903", "1002", model=site.desk)
    caller, soft, desk = site.sip("SEP01"), site.sip("SEP02"), site.sip("SEP03")
    assert soft.register("1002") == 200
    assert desk.register("1903") == 200
    outgoing = caller.dial("1002", "1001")
    at_soft, at_desk = soft.rings(), desk.rings()
    assert at_desk.invite.uri.startswith("sip:1002@"), "the phone picks its line by the user part"
    control = site.rpc()
    assert [control.in_call(device) for device in ("SEP01", "SEP02", "SEP03")] == [True, True, True]
    assert not control.is_idle()
    at_desk.answer()
    assert caller.finish(outgoing).status == 200
    soft.expect("CANCEL")
    at_soft.reject("487 Request Terminated")
    assert [control.in_call(device) for device in ("SEP01", "SEP02", "SEP03")] == [True, False, True]
    assert outgoing.hang_up().status == 200
    assert eventually(lambda: control.in_call("SEP03") is False, "the call's end")
    assert control.is_idle()


def test_a_changed_profile_counts_at_the_very_next_call(site):
    row = site.phone("SEP01", "1901")
    site.phone("SEP02", "1002")
    other = site.phone("SEP03", "1001")
    alice = other.own_profile
    before, caller, after = site.sip("SEP03"), site.sip("SEP02"), site.sip("SEP01")
    assert before.register("1001") == 200
    Phone.objects.filter(pk=row.pk).update(current_profile=alice)
    assert after.register("1001") == 200
    Phone.objects.filter(pk=other.pk).update(current_profile=site.profile("EM_nobody", "1999"))
    outgoing = caller.dial("1001", "1002")
    incoming = after.rings()
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert before.stays_silent(), "its registration is still there, and means nothing"
    assert outgoing.hang_up().status == 200
    assert before.call("1002", "1001").status == 403


def test_who_cannot_be_reached_and_why(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    site.number("1003")
    site.number("7001", "Secret")
    caller = site.sip("SEP01")
    assert caller.call("1002", "1001").status == 480, "nobody is registered"
    assert caller.call("1003", "1001").status == 480, "no device has the number"
    assert caller.call("4711", "1001").status == 404, "no such number"
    assert caller.call("7001", "1001").status == 403, "not inside the calling search space"
    assert caller.call("bob", "1001").status == 484, "not a number"


def test_the_closest_match_wins_then_the_line_then_the_partition(site):
    away, home = site.trunk(), None
    site.route("9XXX", "Wide", away)
    site.route("91XX", "Narrow", home)
    site.route("92XX", "LineSays", home)
    site.route("92XX", "DeviceSays", away)
    both = site.space("Device", "Wide", "Narrow", "DeviceSays")
    profile = site.profile("EM_alice", "1001", css=site.space("Line", "LineSays"))
    site.phone("SEP01", "1901", css=both, current_profile=profile)
    phone = site.sip("SEP01")
    call = phone.call("9300", "1001")
    assert call.status == 200
    call.hang_up()
    assert phone.call("9100", "1001").status == 403, "the narrower pattern blocks"
    assert phone.call("9200", "1001").status == 403, "the line's own space comes first"
    assert phone.call("9*00", "1001").status == 404, "X is a digit"


def test_a_phone_can_call_from_its_own_lines_only(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    assert site.sip("SEP01").call("1001", "1002").status == 403


def test_the_previous_secret_does_not_call(site):
    row = site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    site.rotate(row, "new")
    assert site.sip("SEP01").call("1002", "1001").status == 407
    assert site.sip("SEP01", "new").call("1002", "1001").status == 480


def test_a_caller_cannot_name_somebody_else(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    forged = (
        "P-Asserted-Identity: <sip:1999@roamline>",
        "Remote-Party-ID: <sip:1999@roamline>",
        "X-Roamline-Emergency: verified",
        "Route: <sip:127.0.0.1:9;lr>",
    )
    outgoing = one.dial("1002", "1001", extra=forged)
    incoming = two.rings()
    assert "1999" not in incoming.invite.text
    assert "X-Roamline" not in incoming.invite.text
    incoming.answer()
    one.finish(outgoing)
    outgoing.hang_up()


def test_do_not_disturb_is_not_rung(site):
    profile = site.profile("EM_alice", "1001", dnd_enabled=True)
    site.phone("SEP01", "1901", current_profile=profile)
    site.phone("SEP02", "1002")
    quiet, caller = site.sip("SEP01"), site.sip("SEP02")
    assert quiet.register("1001") == 200
    assert caller.call("1001", "1002").status == 486
    assert quiet.stays_silent(0.3)


def test_calls_from_outside_reach_numbers_and_nothing_outside(site):
    site.route("9!", "External", site.trunk())
    site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    network = site.sip("network")
    assert phone.register("1001") == 200
    unknown = network.call("1001", "5559999", anonymous=True)
    assert unknown.status == 407, "an address that no trunk names"
    trunk = site.trunk("Second")
    trunk.host, trunk.port = "127.0.0.1", network.port
    trunk.save()
    outgoing = network.dial("1001", "5559999")
    incoming = phone.rings()
    assert "5559999" in incoming.invite.first("P-Asserted-Identity")
    incoming.answer()
    assert network.finish(outgoing).status == 200
    outgoing.hang_up()
    assert network.call("95551234", "5559999").status == 404
    trunk.inbound_css = site.space("Transit", "External")
    trunk.save()
    assert network.call("1001", "5559999").status == 403
    transit = network.call("95551234", "5559999")
    assert transit.status == 200
    transit.hang_up()


def test_the_mask_is_what_the_outside_sees(site):
    site.route("9!", "External", site.trunk())
    profile = site.profile("EM_alice", "1001", css=site.space("Everything", "Internal", "External"))
    profile.lines.update(external_mask="+1555XXXX", display_name="Alice")
    site.phone("SEP01", "1901", current_profile=profile)
    call = site.sip("SEP01").call("95551234", "1001")
    assert call.status == 200
    call.hang_up()
    (left,) = site.left_the_site()
    assert left["p_asserted_identity"] == '"Alice" <sip:+15551001@127.0.0.1>'


def test_stopped_call_control_refuses_all_but_emergency_calls(site):
    site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    site.rpc().stop_service()
    try:
        assert phone.register("1001") == 503
        assert phone.call("1002", "1001").status == 503
        call = phone.call("112", "1001")
        assert call.status == 200
        call.hang_up()
    finally:
        site.rpc().start_service()
    assert phone.register("1001") == 200


def test_an_intercom_call_asks_to_be_answered_at_once(site):
    row = site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    row.own_profile.lines.create(
        index=2, button=2, directory_number=site.number("8001"), is_intercom=True, default_phone=row
    )
    phone, caller = site.sip("SEP01"), site.sip("SEP02")
    assert phone.register("8001") == 200
    outgoing = caller.dial("8001", "1002")
    incoming = phone.rings()
    assert "answer-after=0" in incoming.invite.first("Call-Info")
    incoming.answer()
    caller.finish(outgoing)
    outgoing.hang_up()


def test_other_requests_are_answered_cleanly(site):
    phone = site.sip("SEP01")
    seen = {
        method: phone.challenged(method, "sip:1001@roamline", from_user="1001", to="<sip:1001@roamline>").status
        for method in ("OPTIONS", "SUBSCRIBE", "PUBLISH", "MESSAGE", "BYE", "NOTIFY", "REFER", "FOO")
    }
    assert seen == {
        "OPTIONS": 200, "SUBSCRIBE": 489, "PUBLISH": 489, "MESSAGE": 405, "BYE": 481, "NOTIFY": 489, "REFER": 405,
        "FOO": 405,
    }  # fmt: skip
    alarm = phone.challenged(
        "REFER", "sip:roamline", from_user="1001", to="<sip:roamline>",
        extra=("Content-Type: application/x-cisco-alarm+xml",),
    )  # fmt: skip
    assert alarm.status == 202
    body = "<x-cisco-remotecc-request><softkeyeventmsg><softkeyevent>CallBack</softkeyevent></softkeyeventmsg>"
    soft_key = phone.challenged(
        "REFER", "sip:roamline", from_user="1001", to="<sip:roamline>",
        extra=("Content-Type: application/x-cisco-remotecc-request+xml",), body=body,
    )  # fmt: skip
    assert soft_key.status == 603
