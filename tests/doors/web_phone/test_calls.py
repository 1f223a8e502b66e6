"""Real calls of web phones: a browser, Kamailio, rtpengine, software phones, and audio."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from roamline.rooms.parameters.rules import CLEAR_CALL_LOGS
from tests.doors.web_phone.callers import Caller, agent_asleep, at_the_phone, control, open_caller, roamline
from tests.support.agents import Softphone
from tests.support.desks import set_parameter
from tests.support.sites import Site, until

pytestmark = [pytest.mark.needs("chromium", "kamailio", "baresip", "rtpengine", "jssip"), pytest.mark.timeout(180)]

BOBS, OWN = "SEP0011AA220009", "SEP0011AA220007"


@pytest.fixture
def caller(chromium: Browser, site: Site) -> Iterator[Caller]:
    """The web phone of a whole site, free and registered."""
    opened = open_caller(chromium, site)
    yield opened
    assert opened.troubles == []
    opened.page.context.close()


@pytest.fixture
def softphone(site: Site) -> Softphone:
    """Bob's software phone, which answers by itself."""
    found = Softphone(site, BOBS)
    found.waits_for("registered:1909", timeout=130)
    return found


def hindrances(caller: Caller) -> list[str]:
    """What hinders people who use a screen reader, as axe-core finds it."""
    found = Axe().run(caller.page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.proves("WP-1")
def test_a_web_phone_and_a_software_phone_call_and_hear_each_other(caller: Caller, softphone: Softphone) -> None:
    caller.dial("1909")
    caller.lamp("1907", "busy")
    caller.shows("In a call")
    caller.talks()
    assert hindrances(caller) == []
    caller.press("hold")
    caller.lamp("1907", "held")
    caller.press("resume")
    caller.lamp("1907", "busy")
    caller.press("hang_up")
    caller.is_idle()

    softphone.do("dial", "1907")
    caller.lamp("1907", "ringing")
    caller.shows("1909")
    assert hindrances(caller) == []
    caller.press("answer")
    caller.talks()
    softphone.do("hangup")
    caller.is_idle()
    caller.calls("Received · 1909", "Placed · 1909")


def test_two_web_phones_hear_each_other_with_nobody_between(chromium: Browser, caller: Caller, site: Site) -> None:
    with agent_asleep(site, BOBS, "bob", "31415"):
        other = open_caller(chromium, site, BOBS)
        other.dial("1907")
        caller.shows("Incoming call")
        caller.press("decline")
        other.shows("Busy")
        other.home()
        other.dial("1907")
        caller.lamp("1907", "ringing")
        caller.page.locator("button.key.line").click()  # the key of the line that rings answers
        other.talks()
        caller.talks()
        other.press("hang_up")
        caller.is_idle()
        caller.calls("Received · 1909", "Missed · 1909")
        assert other.troubles == []
        other.page.context.close()


@pytest.mark.proves("WP-1")
def test_whoever_logs_in_is_called_here_and_a_lost_connection_or_a_reload_changes_nothing(
    request: pytest.FixtureRequest, caller: Caller, softphone: Softphone, site: Site
) -> None:
    at_the_phone(site, BOBS, "userid=bob&seq=31415")
    request.addfinalizer(lambda: at_the_phone(site, BOBS, "doLogout=true"))
    softphone.waits_for("registered:1002", timeout=30)
    caller.log_in("alice", "27182")
    caller.shows("Login successful")
    caller.home()
    caller.lamp("1001", "ready")
    softphone.do("dial", "1001")
    caller.lamp("1001", "ringing")
    expect(caller.page.locator(".key.blf[data-lamp=busy]")).to_have_text("BobIn a call", timeout=20_000)
    caller.shows("Bob Baker")
    caller.press("answer")
    caller.talks()
    roamline(site, "log-out", "--device", OWN)  # waits for the end of the call
    caller.press("hang_up")
    caller.is_of("Nobody is logged in")
    caller.lamp("1907", "ready")

    for connection in control(site, "ws.dump")["connections"]:
        control(site, "ws.close", int(connection.split(":")[0]))
    caller.lamp("1907", "off")
    caller.lamp("1907", "ready")
    caller.page.reload()
    caller.lamp("1907", "ready")


def test_an_emergency_call_leaves_from_a_web_phone_with_its_place_and_with_audio(caller: Caller, site: Site) -> None:
    caller.dial("112")
    caller.talks()
    caller.page.reload()
    caller.shows("a call cannot outlast that")
    caller.lamp("1907", "ready")
    caller.dial("112")  # over the message, which need not be left first
    caller.talks()
    caller.press("hang_up")
    caller.is_idle()
    until(lambda: "device=sep0011aa220007" in site.log("pstn-calls"), what="the call in the network's log")


@pytest.mark.proves("EM-27")
def test_a_log_in_or_log_out_by_hand_clears_the_calls_and_an_automatic_log_out_does_not(
    caller: Caller, site: Site
) -> None:
    def call_nobody() -> None:
        caller.dial("1999")
        caller.shows("The call has ended")
        caller.home()

    caller.page.evaluate("localStorage.clear()")
    call_nobody()
    set_parameter(site, CLEAR_CALL_LOGS, "True")
    try:
        caller.calls("Placed · 1999")
        caller.log_in("alice", "27182")
        caller.shows("Login successful")
        caller.home()
        caller.calls()
        caller.lamp("1001", "ready")
        call_nobody()
        roamline(site, "log-out", "--device", OWN)
        caller.is_of("Nobody is logged in")
        caller.calls("Placed · 1999")
        caller.log_in("alice", "27182")
        caller.is_of("Alice Archer")
        caller.log_out()
        caller.shows("Logout successful")
        caller.home()
        caller.calls()
    finally:
        set_parameter(site, CLEAR_CALL_LOGS, "False")


def test_nothing_secret_is_in_the_page_and_the_digest_comes_over_the_paired_connection(
    caller: Caller, site: Site
) -> None:
    with caller.page.expect_request(lambda request: request.url.endswith("/stream")):
        html = caller.page.reload().text()  # type: ignore[union-attr]
    assert "ha1" not in html
    assert "ws://" not in html
    kept = caller.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "ha1" not in kept
    expect(caller.page.locator("#honest")).to_be_empty()
