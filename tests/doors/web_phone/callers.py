"""Web phones that call: what they heard, their lamps, and the registrar behind them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Browser, expect

from tests.doors.web_phone.pages import DEVICE, WebPhone, open_phone
from tests.support.sites import Site, until

KEEP_CONNECTIONS = """
const Real = RTCPeerConnection;
window.connections = [];
window.RTCPeerConnection = class extends Real { constructor(...all) { super(...all); window.connections.push(this); } };
"""
PACKETS = """async () => {
    let [sent, heard] = [0, 0];
    for (const report of (await window.connections.at(-1).getStats()).values()) {
        if (report.type === "outbound-rtp") sent = report.packetsSent;
        if (report.type === "inbound-rtp") heard = report.packetsReceived;
    }
    return [sent, heard];
}"""
WAIT = 20_000


@dataclass(frozen=True, slots=True)
class Caller(WebPhone):
    """A web phone of a site with call control."""

    def lamp(self, number: str, shows: str) -> None:
        """Wait until the lamp of a line is ready, ringing, busy, held or off."""
        key = self.page.locator(f"button.key.line[data-lamp={shows}]", has_text=number)
        expect(key).to_be_visible(timeout=WAIT)

    def dial(self, number: str) -> None:
        """Type a number and press Enter."""
        self.page.keyboard.type(number)
        self.page.keyboard.press("Enter")

    def press(self, key: str) -> None:
        """Press a soft key by what it does."""
        self.page.locator(f"#softkeys [data-key={key}]").click(timeout=WAIT)

    def talks(self) -> None:
        """Wait until audio has come and gone in the newest call."""
        until(lambda: min(self.page.evaluate(PACKETS)) > 5, within=20, what="audio both ways")

    def is_idle(self) -> None:
        """Wait until the phone shows its home screen."""
        expect(self.page.locator("#screen.home")).to_be_visible(timeout=WAIT)

    def calls(self, *expected: str) -> None:
        """Open the list of calls: it has exactly these, the newest first."""
        self.press("calls")
        items = self.screen.locator(".item")
        expect(items).to_have_count(len(expected), timeout=WAIT)
        for item, words in zip(items.all(), expected, strict=True):
            expect(item).to_contain_text(words)
        self.home()


def open_caller(browser: Browser, site: Site, device: str = DEVICE) -> Caller:
    """Open a phone's page and wait until a line is registered."""
    opened = open_phone(browser, site, device=device, script=KEEP_CONNECTIONS)
    expect(opened.page.locator("button.key.line[data-lamp=ready]").first).to_be_visible(timeout=WAIT)
    return Caller(opened.page, opened.troubles)


@contextmanager
def agent_asleep(site: Site, device: str, user: str, pin: str) -> Iterator[None]:
    """Keep a demo's desk agent from registering for a while; a log-in and log-out has it register again at once."""
    pid = site.pid(f"agent-{device}")
    assert pid is not None
    os.killpg(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(pid, signal.SIGCONT)
        for more in (f"userid={user}&seq={pin}", "doLogout=true"):
            at_the_phone(site, device, more)


def at_the_phone(site: Site, device: str, query: str) -> None:
    """Log in or out as with a phone's Services key."""
    address = f"{site.phones_url}/emapp/EMAppServlet?device={device}&{query}"
    assert httpx.get(address, timeout=30).status_code == 200


def roamline(site: Site, *arguments: str) -> None:
    """Run one of the site's own commands."""
    environment = {**os.environ, "ROAMLINE_CONFIG": str(site.data / "roamline.toml")}
    subprocess.run(
        [sys.executable, "-m", "roamline.processes.cli", *arguments], check=True, capture_output=True,
        env=environment, timeout=60,
    )  # fmt: skip


def control(site: Site, method: str, *parameters: Any) -> Any:
    """Ask Kamailio."""
    key = (site.data / "run/kamailio/rpc.key").read_text().strip()
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    answer = httpx.post(f"http://127.0.0.1:{site.port(5067)}/rpc", json=request, headers={"X-Roamline-Key": key})
    return answer.json()["result"]
