"""Web phones register and call over WebSocket, and are reached through the connection that they opened."""

from __future__ import annotations

import pytest

from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]


def test_a_browser_calls_a_desk_phone_and_is_hung_up_on(site):
    site.phone("WEB01", "1907")
    site.phone("SEP01", "1001")
    browser, phone = site.browser("WEB01"), site.sip("SEP01")
    assert phone.register("1001") == 200
    outgoing = browser.dial("1001", "1907")
    incoming = phone.rings()
    incoming.answer()
    assert browser.finish(outgoing).status == 200
    phone.expect("ACK")
    assert incoming.hang_up().status == 200
    browser.expect("BYE")


def test_a_desk_phone_calls_a_browser(site):
    site.phone("WEB01", "1907")
    site.phone("SEP01", "1001")
    browser, phone = site.browser("WEB01"), site.sip("SEP01")
    assert browser.register("1907") == 200
    outgoing = phone.dial("1907", "1001")
    incoming = browser.rings()
    assert incoming.invite.uri.endswith("transport=ws")
    incoming.answer()
    assert phone.finish(outgoing).status == 200
    browser.expect("ACK")
    assert outgoing.hang_up().status == 200
    browser.expect("BYE")


def test_a_closed_tab_is_not_rung(site):
    site.phone("WEB01", "1907")
    site.phone("SEP01", "1001")
    browser, phone = site.browser("WEB01"), site.sip("SEP01")
    assert browser.register("1907") == 200
    site.phones.remove(browser)
    browser.close()
    eventually(lambda: not site.aors(), "the registration's end")
    assert phone.call("1907", "1001").status == 480


@pytest.mark.proves("EM-40")
def test_an_emergency_call_from_a_browser(site):
    site.phone("WEB01", "1907")
    browser = site.browser("WEB01")
    call = browser.call("112", "1907")
    assert call.status == 200
    assert call.hang_up().status == 200
    (left,) = site.left_the_site()
    assert left["emergency"] == "verified; device=web01"
    assert "1907" not in left["from"] + left["contact"]
