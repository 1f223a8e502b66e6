"""The main job, end to end, with the real Kamailio and baresip: a phone that belongs to nobody becomes a person's."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

import pytest

from tests.support.agents import Softphone
from tests.support.sites import Site, until

DESK, BOBS = "SEP0011AA220006", "SEP0011AA220009"

pytestmark = [pytest.mark.needs("kamailio", "baresip"), pytest.mark.timeout(180)]


def em_app(site: Site, **parameters: str) -> str:
    """One request of a phone to the Extension Mobility application."""
    url = f"{site.phones_url}/emapp/EMAppServlet?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        return str(answer.read().decode())


def log_alice_in(site: Site) -> None:
    """The two requests that a phone sends."""
    assert "<QueryStringParam>seq</QueryStringParam>" in em_app(site, device=DESK)
    assert "Login successful" in em_app(site, device=DESK, userid="alice", seq="27182")


def log_out(site: Site) -> None:
    """Open the service on a taken phone, and say yes. A call that was just hung up may be on its way out yet."""
    assert "alice is logged in. Log out?" in em_app(site, device=DESK)
    said = em_app(site, device=DESK, doLogout="true")
    assert "Logout successful" in said or "will be logged out when the call ends" in said
    until(lambda: "<QueryStringParam>seq</QueryStringParam>" in em_app(site, device=DESK), 15, "the log-out")


def pstn_calls(site: Site) -> list[dict[str, str]]:
    """What left the site."""
    return [json.loads(line) for line in site.log("pstn-calls").splitlines()]


def call_and_hang_up(caller: Softphone, number: str) -> dict[str, int]:
    """A call that is answered; its RTP statistics."""
    assert caller.dial(number) == ""
    until(lambda: rtp_of(caller)["received"] >= 50, 5, "a second of speech")
    caller.do("hangup")
    caller.waits_for("idle")
    return rtp_of(caller, ended=True)


def rtp_of(phone: Softphone, *, ended: bool = False) -> dict[str, int]:
    """RTP packets of the running call, or of the last one."""
    status = phone.status()
    call = status["last_call"] if ended else status["calls"][0]
    return {"sent": 0, "received": 0, "lost": 0, **(call["rtp"] or {})}


def test_a_phone_becomes_alices_rings_on_her_number_and_is_nobodys_again(fresh_site: Site) -> None:
    desk, bobs = Softphone(fresh_site, DESK), Softphone(fresh_site, BOBS)
    desk.waits_for("registered:1906")
    bobs.waits_for("registered:1909")
    call_and_hang_up(bobs, "1906")

    log_alice_in(fresh_site)
    desk.waits_for("registered:1001", timeout=1.0)
    status = desk.status()
    assert status["user"]["user_id"] == "alice"
    assert [line["number"] for line in status["lines"]] == ["1001"]
    assert [key["number"] for key in status["speed_dials"]] == ["1003", "1005", "1901", "1002"]

    statistics = call_and_hang_up(bobs, "1001")
    assert statistics["lost"] == 0
    assert min(statistics["sent"], statistics["received"]) >= 50
    theirs = rtp_of(desk, ended=True)
    assert theirs["lost"] == 0
    assert min(theirs["sent"], theirs["received"]) >= 50
    assert "480" in bobs.dial("1906")

    log_out(fresh_site)
    desk.waits_for("registered:1906", timeout=1.0)
    assert desk.status()["user"] is None
    assert "480" in bobs.dial("1001")
    call_and_hang_up(bobs, "1906")


def test_only_alice_calls_outside_and_112_is_reached_at_every_instant(fresh_site: Site) -> None:
    desk = Softphone(fresh_site, DESK)
    desk.waits_for("registered:1906")
    assert "403" in desk.dial("9123")

    failures: list[str] = []
    calls = 0
    over = threading.Event()

    def call_112_again_and_again() -> None:
        nonlocal calls
        while not over.is_set():
            reason = desk.dial("112")
            calls += 1
            if reason:
                failures.append(reason)
            desk.run("hangup")

    caller = threading.Thread(target=call_112_again_and_again)
    caller.start()
    try:
        for _ in range(3):
            log_alice_in(fresh_site)
            after_a_while(desk, "alice")
            log_out(fresh_site)
            after_a_while(desk, None)
    finally:
        over.set()
        caller.join()
    assert failures == []
    assert calls >= 3  # a slow machine still calls through the changes

    log_alice_in(fresh_site)
    desk.waits_for("registered:1001")
    assert desk.dial("9123") == ""
    desk.do("hangup")
    desk.waits_for("idle")
    log_out(fresh_site)
    desk.waits_for("registered:1906")
    assert "403" in desk.dial("9123")

    left = pstn_calls(fresh_site)
    assert [call["number"] for call in left if not call["number"].startswith("112")] == ["9123"]
    emergencies = [call for call in left if call["number"] == "112"]
    assert {call["location"] for call in emergencies} == {"Main building, lobby"}
    assert all("1901" in call["p_asserted_identity"] for call in emergencies)


def after_a_while(desk: Softphone, user_id: str | None) -> None:
    """Wait until the phone is that user's: it changes between two calls, never in one (EM-42)."""

    def is_theirs() -> bool:
        user = desk.status()["user"]
        return bool((user or {}).get("user_id") == user_id)

    until(is_theirs, 15, f"the phone is {user_id}'s")


SERVICES = ["phones", "secure", "web", "engine", "kamailio"]


def test_kill_9_of_any_process_heals_and_everything_agrees(fresh_site: Site) -> None:
    desk, bobs = Softphone(fresh_site, DESK), Softphone(fresh_site, BOBS)
    for turn, service in enumerate(SERVICES):
        pid = fresh_site.pid(service)
        assert pid is not None
        request = threading.Thread(target=log_without_asking, args=(fresh_site, turn))
        request.start()
        kill(pid)
        request.join()
        until(lambda pid=pid, service=service: fresh_site.pid(service) not in (None, pid), 15, service)
        until(lambda: healthy(fresh_site), 15, "everything answers again")
        assert_agreement(fresh_site)
    desk.waits_for("idle", timeout=10)
    if desk.status()["user"]:
        log_out(fresh_site)
    desk.waits_for("registered:1906", timeout=90)
    bobs.waits_for("registered:1909", timeout=90)
    until(lambda: bobs.dial("1906") == "", 90, "calls work again")


def log_without_asking(site: Site, turn: int) -> None:
    """A log-in or log-out whose answer may be lost."""
    parameters = {"userid": "alice", "seq": "27182"} if turn % 2 == 0 else {"doLogout": "true"}
    with contextlib.suppress(OSError, http.client.HTTPException):
        em_app(site, device=DESK, **parameters)


def kill(pid: int) -> None:
    """Kill -9."""
    os.kill(pid, signal.SIGKILL)


def healthy(site: Site) -> bool:
    """Whether every HTTP process answers."""
    try:
        for url in (site.phones_url, site.web_url, site.files_url):
            urllib.request.urlopen(f"{url}/readyz", timeout=5).read()
    except OSError:
        return False
    return True


def assert_agreement(site: Site) -> None:
    """The auditor finds nothing (EM-44)."""
    command = [sys.executable, "-m", "roamline.processes.cli", "--config", str(site.data / "roamline.toml"), "audit"]
    environment = {k: v for k, v in os.environ.items() if k not in {"ROAMLINE_CONFIG", "DJANGO_SETTINGS_MODULE"}}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
