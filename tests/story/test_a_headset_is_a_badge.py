"""A real USB headset's descriptors, plugged and pulled at a software phone, with the real Kamailio and baresip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roamline.rooms.parameters import rules as parameters
from tests.support.agents import Softphone
from tests.support.desks import Desk, ask, audit_of, desk_agent, set_parameter
from tests.support.sites import Site, until

DESK, BOBS, PORT, SERIAL = "SEP0011AA220007", "SEP0011AA220009", "1-2", "TL40A0007"
PLAYER = Path(__file__).parent.parent / "desk_agent" / "udev_player.py"

pytestmark = [pytest.mark.needs("kamailio", "baresip", "umockdev"), pytest.mark.timeout(300)]


@pytest.fixture
def desk(fresh_site: Site, tmp_path: Path) -> Iterator[Desk]:
    """A phone with a USB port, marked for signing in without a PIN."""
    ask(fresh_site, "UPDATE phones_phonemodel SET capabilities = '[\"headset\"]' WHERE is_software")
    ask(fresh_site, "UPDATE phones_phone SET pinless_allowed = 1 WHERE name = ?", DESK)
    world = ("umockdev-wrapper", "/usr/bin/python3", str(PLAYER), "setpriv", "--pdeathsig", "KILL")
    with desk_agent(fresh_site, tmp_path, "--device", DESK, "--auto-answer", "0", under=world) as agent:
        agent.do("wait", "--for", "registered:1907")
        yield agent


@pytest.mark.proves("HS-40")
@pytest.mark.proves("HS-31")
def test_a_headset_is_associated_signs_in_without_a_pin_and_signs_out_when_its_call_is_over(
    fresh_site: Site, desk: Desk
) -> None:
    bobs = Softphone(fresh_site, BOBS)
    bobs.waits_for("registered:1909", timeout=30)

    desk.plug(PORT, SERIAL)
    desk.shows("make this headset yours")
    desk.press("submit", userid="alice", pin="99999")
    desk.shows("(201)")
    desk.press("submit", userid="alice", pin="27182")
    desk.shows("now associated with Alice Archer")
    desk.press("exit")
    desk.unplug(PORT)
    gone = "SELECT 1 FROM headsets_headset WHERE serial = ? AND NOT connected"
    until(lambda: ask(fresh_site, gone, SERIAL), 20, "a headset that has gone, and not one that was plugged anew")
    record = ask(
        fresh_site, "SELECT serial, model, vendor, firmware, source FROM headsets_headset WHERE serial = ?", SERIAL
    )
    assert record == [(SERIAL, "Tala 40", "Nordlyd", "1.50", "usb")]

    set_parameter(fresh_site, parameters.HEADSET_PIN, parameters.PIN_NOT_REQUIRED)
    desk.plug(PORT, SERIAL)
    desk.shows("about to be signed in")
    assert desk.screen["countdown"]["then"] == "sign_in"
    desk.do("wait", "--for", "registered:1001", "--timeout", "50")
    assert desk.status()["user"]["user_id"] == "alice"

    assert bobs.dial("1001") == ""
    desk.unplug(PORT)
    desk.shows("The headset was disconnected")
    assert desk.screen["countdown"]["then"] == "sign_out"
    desk.press("sign_out")
    desk.shows("will be signed out when the call ends")
    heard = received(bobs)
    until(lambda: received(bobs) >= heard + 150, 20, "three more seconds of speech: the call goes on")
    assert desk.status()["user"]["user_id"] == "alice"
    bobs.do("hangup")
    desk.do("wait", "--for", "registered:1907", "--timeout", "50")
    until(lambda: desk.status()["user"] is None, 15, "nobody's phone")
    assert bobs.status()["last_call"]["rtp"].get("lost", 0) == 0
    assert audit_of(fresh_site, DESK) == [
        "headset.associated: phone", "em.login: headset without pin", "headset.sign_in: headset without pin",
        "headset.sign_out: headset", "em.logout.waits_for_call: headset", "em.logout: headset",
    ]  # fmt: skip


def received(phone: Softphone) -> int:
    """RTP packets received in the running call; a call that is over has none, and fails the test."""
    return int((phone.status()["calls"][0]["rtp"] or {"received": 0})["received"])
