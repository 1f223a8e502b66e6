"""The web phone's list of calls, and when it is cleared (EM-27)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, expect

from roamline.rooms.parameters.rules import CLEAR_CALL_LOGS
from tests.doors.web_phone.pages import DEVICE, WebPhone, open_phone
from tests.support.desks import set_parameter
from tests.support.sites import Site

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(120)]

NOTE = """async (call) => (await import(
    document.querySelector("script[type=module]").src.replace("phone.js", "calls.js"))).noteCall(call)"""
"""What the page does when a call is over."""
BOB, LOBBY = {"way": "missed", "number": "1002", "name": "Bob"}, {"way": "placed", "number": "1901"}


def calls_on(phone: WebPhone, *expected: str) -> None:
    """Open the list: it has these calls, the newest first."""
    phone.page.keyboard.press("Escape")
    phone.soft_key("Calls")
    items = phone.screen.locator(".item")
    expect(items).to_have_count(len(expected), timeout=30_000)
    for item, words in zip(items.all(), expected, strict=True):
        expect(item).to_contain_text(words)
    phone.home()


def leave_automatically(site: Site) -> None:
    """An administrator logs the phone out, with a command."""
    environment = {**os.environ, "ROAMLINE_CONFIG": str(site.data / "roamline.toml")}
    subprocess.run(
        [sys.executable, "-m", "roamline.processes.cli", "log-out", "--device", DEVICE], check=True,
        capture_output=True, env=environment, timeout=60,
    )  # fmt: skip


@pytest.mark.proves("EM-27")
def test_a_log_in_or_log_out_by_hand_clears_the_calls_of_a_web_phone_and_an_automatic_one_does_not(
    chromium: Browser, quiet_site: Site, phone: WebPhone
) -> None:
    for call in (BOB, LOBBY):
        phone.page.evaluate(NOTE, call)
    calls_on(phone, "Placed · 1901", "Missed · Bob")
    phone.page.reload()
    phone.log_in("alice", "27182")
    phone.is_of("Alice Archer")
    phone.home()
    calls_on(phone, "Placed · 1901", "Missed · Bob")  # the parameter's default
    set_parameter(quiet_site, CLEAR_CALL_LOGS, "True")
    try:
        leave_automatically(quiet_site)
        phone.is_of("Nobody is logged in")
        calls_on(phone, "Placed · 1901", "Missed · Bob")
        phone.log_in("alice", "27182")
        phone.is_of("Alice Archer")
        phone.home()
        calls_on(phone)
        phone.page.evaluate(NOTE, BOB)
        calls_on(phone, "Missed · Bob")
        phone.log_out()
        phone.is_of("Nobody is logged in")
        phone.home()
        calls_on(phone)
    finally:
        set_parameter(quiet_site, CLEAR_CALL_LOGS, "False")


def test_a_page_that_was_closed_meanwhile_forgets_when_it_is_opened(
    chromium: Browser, quiet_site: Site, phone: WebPhone
) -> None:
    phone.page.evaluate(NOTE, BOB)
    phone.page.goto("about:blank")
    set_parameter(quiet_site, CLEAR_CALL_LOGS, "True")
    other = open_phone(chromium, quiet_site)
    other.log_in("alice", "27182")
    other.is_of("Alice Archer")
    set_parameter(quiet_site, CLEAR_CALL_LOGS, "False")
    other.page.context.close()
    phone.page.goto(f"{quiet_site.web_url}/phone/{DEVICE}")
    phone.is_of("Alice Archer")
    calls_on(phone)


def test_a_call_is_looked_at_and_all_are_deleted(phone: WebPhone) -> None:
    phone.page.evaluate(NOTE, BOB)
    phone.soft_key("Calls")
    phone.item("Missed · Bob")
    phone.shows("1002")
    phone.page.keyboard.press("Escape")
    phone.soft_key("Delete all")
    phone.shows("There are no calls.")
