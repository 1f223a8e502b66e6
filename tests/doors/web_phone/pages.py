"""A web phone in a real browser, used as a person uses it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.support.sites import Site

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
"""Among them: a microphone that beeps, which the page may use, and calls over loopback alone."""
DEVICE = "SEP0011AA220007"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, headless, that talks to nobody else."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


@dataclass(frozen=True, slots=True)
class WebPhone:
    """An open page; ``troubles`` collects what went wrong in its scripts."""

    page: Page
    troubles: list[str]

    @property
    def screen(self) -> Locator:
        """What is on the screen."""
        return self.page.locator("#screen")

    def shows(self, text: str) -> None:
        """Wait until the screen has a text."""
        expect(self.screen).to_contain_text(text, timeout=30_000)

    def soft_key(self, label: str) -> None:
        """Press the soft key with that label."""
        self.page.locator("#softkeys").get_by_role("button", name=label, exact=True).click()

    def item(self, label: str) -> None:
        """Choose from the menu on the screen."""
        self.screen.get_by_role("button", name=label).click()

    def field(self, name: str) -> Locator:
        """A field of the form, by its parameter."""
        return self.screen.locator(f"[name={name}]")

    def open_service(self) -> None:
        """The Services key, then Extension Mobility, whatever it is called here."""
        self.page.locator("#services").click()
        self.screen.locator(".item", has_text="Extension Mobility").click()

    def log_in(self, user: str, pin: str) -> None:
        """Open the service, fill in the form and submit it."""
        self.open_service()
        self.field("userid").fill(user)
        self.field("seq").fill(pin)
        self.page.locator("#softkeys [data-key=submit]").click()

    def log_out(self) -> None:
        """Open the service and say yes."""
        self.open_service()
        self.page.locator("#softkeys [data-key=open]").click()

    def home(self) -> None:
        """Leave whatever is shown."""
        self.page.locator("#softkeys [data-key=exit]").click()

    def keys(self) -> list[str]:
        """The keys beside the screen, as they read."""
        return self.page.locator("button.key .names b").all_inner_texts()

    def is_of(self, name: str) -> None:
        """Wait until the status bar has somebody's name."""
        expect(self.page.locator("#person")).to_have_text(name, timeout=30_000)

    def is_connected(self) -> None:
        """Wait until the stream is open."""
        expect(self.page.locator("body:not(.lost) #link-text")).not_to_be_empty(timeout=30_000)

    def headset(self, serial: str) -> Locator:
        """A headset in the tray."""
        return self.page.locator(f"[data-serial={serial}]")


def open_phone(browser: Browser, site: Site, locale: str = "en-GB", device: str = DEVICE, script: str = "") -> WebPhone:
    """Open a phone's page in a fresh context of the browser; ``script`` runs before the page's own."""
    page = browser.new_context(locale=locale, viewport={"width": 1440, "height": 900}).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    if script:
        page.add_init_script(script)
    page.goto(f"{site.web_url}/phone/{device}")
    phone = WebPhone(page, troubles)
    phone.is_connected()
    return phone
