"""A real site, started as ./run starts it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from roamline.processes import probes
from tests.support.sites import Site, until

PARTS = ("phones", "files", "secure", "web", "engine")


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", verify=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_every_listener_is_ready_when_the_site_says_so(quiet_site: Site) -> None:
    for url in (quiet_site.web_url, quiet_site.phones_url, quiet_site.files_url, quiet_site.secure_url):
        assert answers(url)


def test_paths_are_case_sensitive_and_unknown_ones_are_404(quiet_site: Site) -> None:
    for path in ("/Healthz", "/nothing", "/healthz/"):
        assert httpx.get(f"{quiet_site.phones_url}{path}").status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back(quiet_site: Site, part: str) -> None:
    before = quiet_site.pid(part)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: quiet_site.pid(part) not in {None, before}, what=f"{part} is started again")
    until(lambda: all(map(answers, (quiet_site.web_url, quiet_site.phones_url, quiet_site.secure_url))), within=20)


def test_a_killed_worker_comes_back(quiet_site: Site) -> None:
    until(lambda: answers(quiet_site.phones_url))
    parent = quiet_site.pid("phones")
    workers = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=True).stdout.split()
    os.kill(int(workers[0]), signal.SIGKILL)
    until(lambda: answers(quiet_site.phones_url))


def test_the_admins_style_sheets_are_served_and_nothing_beside_them(quiet_site: Site) -> None:
    assert httpx.get(f"{quiet_site.web_url}/static/admin/css/base.css").status_code == 200
    assert httpx.get(f"{quiet_site.web_url}/static/%2e%2e/roamline.sqlite3").status_code == 404


def test_a_body_over_the_limit_is_refused(quiet_site: Site) -> None:
    for url in (quiet_site.web_url, quiet_site.phones_url, quiet_site.secure_url):
        assert httpx.post(f"{url}/", content=b"x" * 300_000, verify=False).status_code == 413


def test_pins_in_addresses_never_reach_a_log(quiet_site: Site) -> None:
    httpx.get(f"{quiet_site.phones_url}/emapp/EMAppServlet?device=SEP0011AA220001&userid=alice&seq=9182736")
    until(lambda: "EMAppServlet" in quiet_site.log("phones"))
    for log in (quiet_site.data / "logs").iterdir():
        assert "9182736" not in log.read_text()


def test_old_tls_is_refused(quiet_site: Site) -> None:
    ran = subprocess.run(
        ["openssl", "s_client", "-tls1_1", "-connect", quiet_site.secure_url.removeprefix("https://")],
        capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=30,
    )  # fmt: skip
    assert ran.returncode != 0


def test_a_site_stops_wholly_starts_again_as_it_was_and_prints_secrets_once(new_site: Callable[..., Site]) -> None:
    site = new_site("--no-calls").start()
    first = "".join(site.output)
    processes = [site.pid(part) for part in PARTS]
    assert site.stop() == 0
    assert not any(Path(f"/proc/{process}").exists() for process in processes)
    assert all(probes.obstacle(probes.Port("", "127.0.0.1", site.port(port))) is None for port in (8080, 8090, 8443))
    again = Site(site.data, site.offset, ("--no-calls",), secret="another-secret")
    try:
        again.start()
    finally:
        again.stop()
    assert site.secret in first
    assert "another-secret" not in "".join(again.output)


def test_nothing_is_left_when_the_site_itself_is_killed(new_site: Callable[..., Site]) -> None:
    site = new_site("--no-calls").start()
    assert site.process is not None
    site.process.kill()
    site.process.wait()
    ports = [probes.Port("", "127.0.0.1", site.port(port)) for port in (8080, 6970, 8443, 8090)]
    until(lambda: all(probes.obstacle(port) is None for port in ports))


def test_the_files_of_a_site_are_private(quiet_site: Site) -> None:
    # but for what every visitor gets anyway
    others = [
        file
        for file in quiet_site.data.rglob("*")
        if not file.is_symlink()
        and file.stat().st_mode & 0o007
        and "static" not in file.parts
        and file.name != "site.crt"
    ]
    assert others == []


@pytest.mark.needs("kamailio", "baresip")
def test_killed_call_control_comes_back(site: Site) -> None:
    def takes_calls() -> bool:
        return probes.rpc_answers(site.port(5067)) and site.pid("kamailio") is not None

    until(takes_calls, within=20)
    before = site.pid("kamailio")
    assert before is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: site.pid("kamailio") not in {None, before}, what="kamailio is started again")
    until(takes_calls, within=20)
