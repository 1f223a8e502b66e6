"""A whole site's services, stopped and started by the command line while it runs (EM-1)."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from tests.support.sites import Site, until

pytestmark = pytest.mark.needs("kamailio")

WITHIN = 5.0
DEVICE = "SEP0011AA220001"


def service(site: Site, deed: str, name: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "roamline.processes.cli", "service", deed, name], check=True, capture_output=True,
        env={**environment, "ROAMLINE_CONFIG": str(site.data / "roamline.toml")},
    )  # fmt: skip


def within_five_seconds(site: Site, name: str, off: Callable[[], bool]) -> None:
    """It refuses within five seconds of the command, and works again within five of the next."""
    assert not off()
    service(site, "deactivate", name)
    until(off, WITHIN, f"{name} off")
    service(site, "activate", name)
    until(lambda: not off(), WITHIN, f"{name} on")


def em_app(site: Site) -> httpx.Response:
    return httpx.get(f"{site.phones_url}/emapp/EMAppServlet", params={"device": DEVICE})


def sip_register(site: Site) -> str:
    """The answer of call control to REGISTER without credentials (401 while it runs); empty for none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(1.0)
        port = phone.getsockname()[1]
        message = (
            "REGISTER sip:127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{os.urandom(4).hex()};rport\r\n"
            f"From: <sip:{DEVICE}@127.0.0.1>;tag={os.urandom(4).hex()}\r\nTo: <sip:{DEVICE}@127.0.0.1>\r\n"
            f"Contact: <sip:{DEVICE}@127.0.0.1:{port}>\r\nExpires: 60\r\n"
            f"Call-ID: {os.urandom(8).hex()}\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        phone.sendto(message.encode(), ("127.0.0.1", site.port(5060)))
        try:
            return phone.recv(4096).decode()
        except TimeoutError:
            return ""


def tftp_is_open(site: Site) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(("127.0.0.1", site.port(6969)))
        except OSError:
            return True
    return False


def test_each_service_refuses_within_five_seconds_and_without_a_restart(fresh_site: Site) -> None:
    site = fresh_site
    pids = {name: site.pid(name) for name in ("phones", "files", "engine", "kamailio")}

    within_five_seconds(site, "Cisco Extension Mobility", lambda: "(208)" in em_app(site).text)
    for name in ("Cisco Extension Mobility Application", "Cisco IP Phone Services"):
        within_five_seconds(site, name, lambda: em_app(site).status_code == 503)
    files = f"{site.files_url}/XMLDefault.cnf.xml"
    within_five_seconds(site, "Cisco Tftp", lambda: httpx.get(files).status_code == 503 and not tftp_is_open(site))
    until(lambda: tftp_is_open(site), WITHIN, "the TFTP port")
    within_five_seconds(site, "Cisco CallManager", lambda: sip_register(site).startswith("SIP/2.0 503"))

    assert sip_register(site).startswith("SIP/2.0 401")
    service(site, "stop", "Cisco CallManager")
    until(lambda: bool(re.search(r"^Retry-After: \d+", sip_register(site), re.MULTILINE)), WITHIN, "Retry-After")
    service(site, "start", "Cisco CallManager")
    assert {name: site.pid(name) for name in pids} == pids
