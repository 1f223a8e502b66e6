"""A headset at a Cisco desk phone: an agent beside the phone reports it, the phone shows the screens as XML (HS-40)."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.simulated_phone.fetching import FileServer
from tests.simulated_phone.phone import SimulatedPhone
from tests.simulated_phone.xml_objects import Screen
from tests.support.desks import Desk, ask, audit_of, desk_agent
from tests.support.sites import Site

LOBBY, SERIAL = "SEP0011AA220001", "QPK77DESK1"

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.timeout(240)]


def numbers(phone: SimulatedPhone) -> list[str]:
    return [line.name for line in phone.running.lines]


async def is_shown(phone: SimulatedPhone, text: str) -> Screen:
    """Wait until the phone was told to open a screen that says this."""

    def says() -> bool:
        shown = phone.browser.screen
        return shown is not None and text in f"{shown.title} {shown.prompt} {shown.text}"

    await phone.until(says, f"showing {text!r}, but {phone.browser.screen}", 30)
    assert phone.browser.screen is not None
    return phone.browser.screen


@pytest.mark.proves("HS-40")
def test_a_headset_at_a_desk_phone_is_associated_signs_in_and_signs_out_by_screens_pushed_to_it(
    fresh_site: Site, tmp_path: Path
) -> None:
    async def scene() -> None:
        files = FileServer("127.0.0.1", fresh_site.port(6970), fresh_site.port(6969))
        phone = SimulatedPhone(LOBBY, "8851", files)
        phone.pushes.port = fresh_site.port(80)
        await phone.boot()
        try:
            with desk_agent(fresh_site, tmp_path, "--for", LOBBY, "--simulate-headsets") as agent:
                await asyncio.to_thread(story_at_the_desk, phone, agent)
                await told_of_unplugging(phone, agent)
                assert_no_sip_secret(fresh_site, phone, agent, tmp_path)
        finally:
            await phone.shut_down()

    def story_at_the_desk(phone: SimulatedPhone, agent: Desk) -> None:
        agent.do("plug", SERIAL, "--model", "Headset 532", "--vendor", "Cisco")

    async def told_of_unplugging(phone: SimulatedPhone, agent: Desk) -> None:
        form = await is_shown(phone, "Associate headset to user")
        assert [each.parameter for each in form.fields] == ["userid", "pin"]
        wrong = await asyncio.to_thread(phone.browser.submit, userid="alice", pin="99999")
        assert "(201)" in wrong.prompt
        done = await asyncio.to_thread(phone.browser.submit, userid="alice", pin="27182")
        assert "now associated with Alice Archer" in done.text
        await asyncio.to_thread(phone.browser.press, "Sign in")
        await phone.until(lambda: "reset" in phone.did, "reset", 30)
        assert numbers(phone) == ["1001", "8001"]

        await asyncio.to_thread(agent.do, "unplug", SERIAL)
        offer = await is_shown(phone, "The headset was disconnected")
        assert "Time left" in offer.text
        assert phone.browser.refresh is not None
        seconds = int(phone.browser.refresh.partition(";")[0])
        assert 1 <= seconds <= 10, "the countdown is shown anew while it runs"
        await asyncio.to_thread(agent.do, "plug", SERIAL)
        await phone.until(lambda: phone.browser.screen is None, "closing the offer", 30)
        await asyncio.to_thread(agent.do, "unplug", SERIAL)
        await is_shown(phone, "The headset was disconnected")
        resets = phone.did.count("reset")
        await asyncio.to_thread(phone.browser.press, "Sign out")
        await phone.until(lambda: phone.did.count("reset") > resets, "reset again", 30)
        assert numbers(phone) == ["1901"]
        assert phone.refused == []

    asyncio.run(scene())
    assert audit_of(fresh_site, LOBBY) == [
        "headset.associated: phone", "em.login: headset", "headset.sign_in: headset",
        "headset.sign_out: headset", "em.logout: headset",
    ]  # fmt: skip
    rows = ask(
        fresh_site,
        "SELECT user_id, subject, details FROM ledger_auditentry WHERE action = 'headset.sign_in'",
    )
    assert [(user, serial.upper()) for user, serial, _details in rows] == [("alice", SERIAL)]
    assert "simulated" in rows[0][2]


def assert_no_sip_secret(site: Site, phone: SimulatedPhone, agent: Desk, folder: Path) -> None:
    """What the agent beside the phone holds opens no configuration, and nothing of the phone's secret is there."""
    request = urllib.request.Request(
        f"{site.web_url}/api/device/v1/{LOBBY}/configuration", headers={"Authorization": f"Bearer {agent.token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 403
    secret = phone.running.auth_password
    kept = [each for each in folder.rglob("*") if each.is_file()]
    assert not [each for each in kept if secret.encode() in each.read_bytes()]
