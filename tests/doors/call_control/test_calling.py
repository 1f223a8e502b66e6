"""Calls: class of service, several devices, what leaves the site."""

from __future__ import annotations

import pytest

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
def test_an_emergency_call_carries_the_phones_place(site):
    site.phone("SEP01", "1001")
    call = site.sip("SEP01").call("112", "1001")
    assert call.status == 200
    assert call.hang_up().status == 200
    (left,) = site.left_the_site()
    assert left["number"] == "112"
    assert left["emergency"] == "verified; device=sep01"
    assert left["location"] == "Lobby, Main Street 1"
    assert "5550001" in left["p_asserted_identity"]
    assert not any("1001" in left[name] for name in ("from", "contact", "p_asserted_identity"))
    assert eventually(lambda: site.rpc().in_call("SEP01") is False, "the call's end")
