"""A whole site over IPv6: every listener serves it (EM-2), and its services are stopped and started (EM-1)."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.agents import Softphone
from tests.support.sites import Site, free_offset, until

pytestmark = pytest.mark.needs("kamailio")

WITHIN = 5.0
DEVICE, SOFT, BOBS, PIN = "SEP0011AA220001", "SEP0011AA220006", "SEP0011AA220009", "27182"


def roamline(site: Site, *arguments: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "roamline.processes.cli", *arguments], check=True, capture_output=True,
        env={**environment, "ROAMLINE_CONFIG": str(site.data / "roamline.toml")},
    )  # fmt: skip


def service(site: Site, deed: str, name: str) -> None:
    roamline(site, "service", deed, name)


def is_open(site: Site, default_port: int) -> bool:
    with socket.socket(socket.AF_INET6) as trial:
        return trial.connect_ex(("::1", site.port(default_port))) == 0


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
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as phone:
        phone.bind(("::1", 0))
        phone.settimeout(1.0)
        port = phone.getsockname()[1]
        message = (
            "REGISTER sip:[::1] SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP [::1]:{port};branch=z9hG4bK{os.urandom(4).hex()};rport\r\n"
            f"From: <sip:{DEVICE}@[::1]>;tag={os.urandom(4).hex()}\r\nTo: <sip:{DEVICE}@[::1]>\r\n"
            f"Contact: <sip:{DEVICE}@[::1]:{port}>\r\nExpires: 60\r\n"
            f"Call-ID: {os.urandom(8).hex()}\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        phone.sendto(message.encode(), ("::1", site.port(5060)))
        try:
            return phone.recv(4096).decode()
        except TimeoutError:
            return ""


def tftp_is_open(site: Site) -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(("::1", site.port(6969)))
        except OSError:
            return True
    return False


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo site on ::1."""
    running = Site(tmp_path_factory.mktemp("ipv6") / "data", free_offset(), ("--ipv6",))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.mark.proves("EM-2")
@pytest.mark.needs("baresip")
def test_every_listener_serves_ipv6_and_a_phone_over_it_becomes_its_users_phone(site: Site) -> None:
    for url in (site.phones_url, site.files_url, site.secure_url, site.web_url):
        assert httpx.get(f"{url}/healthz", verify=False).status_code == 200
    file = httpx.get(f"{site.files_url}/{DEVICE}.cnf.xml").content
    assert b"<processNodeName>::1</processNodeName>" in file
    tftp = f"tftp://[::1]:{site.port(6969)}/{DEVICE}.cnf.xml"
    assert subprocess.run(["curl", "-sg", "--max-time", "20", tftp], check=True, capture_output=True).stdout == file
    assert sip_register(site).startswith("SIP/2.0 401")
    password = site.data / "password"
    password.write_text("a password for tests only")
    roamline(site, "ils", "create", "--cluster-id", "HQ", "--password-file", str(password))
    phone, called = Softphone(site, SOFT), Softphone(site, BOBS)
    called.waits_for("registered:1909", 15)
    url = f"{site.phones_url}/emapp/EMAppServlet"
    form = httpx.get(url, params={"device": SOFT}).text
    assert f"<URL>{url}?device={SOFT}</URL>" in form
    assert "Login successful" in httpx.get(url, params={"device": SOFT, "userid": "alice", "seq": PIN}).text
    phone.waits_for("registered:1001", 15)
    assert phone.dial("1909") == ""
    phone.do("hangup")
    until(lambda: is_open(site, 7501), 15, "ILS")


@pytest.mark.proves("EM-1")
def test_each_service_refuses_within_five_seconds_and_without_a_restart(site: Site) -> None:
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
