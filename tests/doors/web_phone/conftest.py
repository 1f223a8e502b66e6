"""One site and one browser for all that people do with a web phone here: leave the phone free, as you found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.doors.web_phone.pages import DEVICE, WebPhone, browser, open_phone
from tests.support.desks import ask
from tests.support.sites import Site, free_offset


@pytest.fixture(scope="package")
def quiet_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo site without call control, where headsets sign in on software phones."""
    running = Site(tmp_path_factory.mktemp("web-phone") / "data", free_offset(), ("--no-calls",))
    try:
        running.start()
        ask(running, "UPDATE phones_phonemodel SET capabilities = '[\"headset\"]' WHERE is_software")
        ask(running, "UPDATE phones_phone SET pinless_allowed = 1 WHERE name = ?", DEVICE)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser; no longer than a module: while it runs, nothing else can run an event loop."""
    with browser() as running:
        yield running


@pytest.fixture
def phone(chromium: Browser, quiet_site: Site) -> Iterator[WebPhone]:
    """The web phone with nobody logged in; nobody is afterwards either."""
    opened = open_phone(chromium, quiet_site)
    yield opened
    leave(opened)
    assert opened.troubles == []
    opened.page.context.close()


def leave(phone: WebPhone) -> None:
    """Pull out every headset and log whoever is there out."""
    phone.page.context.set_offline(False)
    phone.page.reload()
    phone.is_connected()
    for kind in ("Pull out", "Walk out of range"):
        for button in phone.page.get_by_role("button", name=kind).all():
            button.click()
    expect(phone.page.locator("#services")).to_be_enabled()
    if phone.page.locator("#lamp.taken").count():
        phone.log_out()
        phone.page.locator("#softkeys [data-key=exit]").wait_for()
    expect(phone.page.locator("#lamp:not(.taken)")).to_be_attached()
