"""A person at a simulated Cisco phone logs in with id and PIN, calls, is called, logs out; with the real Kamailio."""

from __future__ import annotations

import asyncio
import base64
import hmac
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest

from roamline.platform import keys
from tests.simulated_phone.conflicts import Conflicts, both_ways
from tests.simulated_phone.conftest import Desks, Scene
from tests.simulated_phone.phone import SimulatedPhone
from tests.simulated_phone.xml_objects import Screen

LOBBY, BOBS, SHARED = "SEP0011AA220001", "SEP0011AA220002", "SEP0011AA220003"
SERVICE = "Extension Mobility"

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.timeout(180)]

Play = Callable[[Scene], None]


async def log_in(phone: SimulatedPhone, user: str, pin: str, profile: str = "", action: str = "restarted") -> Screen:
    """Open the service, fill in the form, choose a profile when asked, and wait until the phone is back in service."""
    form = await phone.open_service(SERVICE)
    assert [each.parameter for each in form.fields] == ["userid", "seq"]
    assert [each.is_masked for each in form.fields] == [False, True]
    before = phone.did.count(action)
    shown = await asyncio.to_thread(phone.browser.submit, userid=user, seq=pin)
    if profile:
        assert profile in dict(shown.items)
        shown = await asyncio.to_thread(phone.browser.choose, profile)
    assert shown.kind == "Text", shown
    assert phone.refused == []
    await phone.until(lambda: phone.did.count(action) > before, action)
    return shown


async def log_out(phone: SimulatedPhone, user: str, action: str = "restarted") -> None:
    """Open the service on a taken phone, say yes, and wait until the phone is itself again."""
    asked = await phone.open_service(SERVICE)
    assert user in asked.text
    before = phone.did.count(action)
    yes = asked.soft_keys[0][0]
    await asyncio.to_thread(phone.browser.press, yes)
    await phone.until(lambda: phone.did.count(action) > before, action)


def numbers(phone: SimulatedPhone) -> list[str]:
    return [line.name for line in phone.running.lines]


def test_a_phone_boots_from_its_file_and_registers_all_lines_at_once(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        assert numbers(phone) == ["1901"]
        assert await phone.refresh() == 200
        assert await phone.keep_alive() == 200
        assert ("XMLDefault.cnf.xml", "http") not in phone.files.fetched
        assert (f"{LOBBY}.cnf.xml", "http") in phone.files.fetched

    play(scene)


def test_a_person_logs_in_calls_is_called_and_logs_out(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone, other = await desks.booted(LOBBY), await desks.booted(SHARED, "7841")
        await log_in(phone, "alice", "27182")
        assert numbers(phone) == ["1001", "8001"]
        assert phone.running.phone_label == "Alice Archer"[:12]
        assert next((key.label, key.target) for key in phone.running.keys) == ("Chen", "1003")

        ringing = asyncio.create_task(other.rings())
        dialling = asyncio.create_task(phone.dial("1903"))
        call = await ringing
        assert call.caller_number == "1001"
        call.answer()
        answered = await dialling
        assert answered.status == 200
        assert await answered.hang_up() == 200
        await asyncio.wait_for(call.ended.wait(), 5)

        dialling = asyncio.create_task(other.dial("1001"))
        call = await phone.rings()
        assert call.line.name == "1001"
        call.answer()
        answered = await dialling
        assert await call.hang_up() == 200
        await asyncio.wait_for(answered.ended.wait(), 5)

        await log_out(phone, "alice")
        assert numbers(phone) == ["1901"]
        assert (await other.dial("1001")).status in (404, 480)

    play(scene)


@pytest.mark.proves("EM-20")
def test_the_form_the_choice_of_profiles_the_question_on_a_taken_phone_and_the_new_configuration(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        url = dict(phone.running.services)[SERVICE]
        for login_type, flags in (("UID", "A"), ("SP", "T"), ("DN", "T")):
            form = await asyncio.to_thread(phone.browser.open, f"{url}&loginType={login_type}")
            assert [(each.parameter, each.flags) for each in form.fields] == [("userid", flags), ("seq", "NP")]
        assert len({field.label for field in form.fields}) == 2
        # One profile: straight to the log-in, with the primary extension of the last form.
        await asyncio.to_thread(phone.browser.submit, userid="1001", seq="27182")
        await phone.until(lambda: "restarted" in phone.did, "restarted")
        assert numbers(phone) == ["1001", "8001"]
        asked = await phone.open_service(SERVICE)
        assert "alice" in asked.text
        assert [name for name, _url in asked.soft_keys] == ["Yes", "No"]
        assert phone.browser.press("No") is None
        await log_out(phone, "alice")
        assert numbers(phone) == ["1901"]
        # Two profiles: a list of them.
        await log_in(phone, "chen", "16180", "EM_chen_lab", "reset")
        assert numbers(phone) == ["1003"]
        await log_out(phone, "chen", "reset")

    play(scene)


def test_every_line_of_a_profile_rings_on_its_own_line(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone, other = await desks.booted(LOBBY), await desks.booted(SHARED, "7841")
        await log_in(phone, "chen", "16180", "EM_chen_desk", "reset")
        assert numbers(phone) == ["1003", "1013"]
        for line in phone.running.lines:
            dialling = asyncio.create_task(other.dial(line.name))
            call = await phone.rings()
            assert call.line is line
            call.decline()
            assert (await dialling).status == 486
        dialling = asyncio.create_task(phone.dial("1903", line=2))
        call = await other.rings()
        assert call.caller_number == "1013"
        call.decline()
        await dialling
        await log_out(phone, "chen", "reset")

    play(scene)


def test_a_user_of_another_language_resets_the_phone_and_it_comes_back_in_that_language(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        await log_in(phone, "chen", "16180", "EM_chen_desk", "reset")
        assert phone.running.language == "zh_CN"
        assert ("Chinese_China/sl-be-sip.jar", "missing") in phone.files.fetched
        await log_out(phone, "chen", "reset")
        assert phone.running.language == "en_US"

    play(scene)


def test_the_session_is_confirmed_by_the_phones_registration(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        await log_in(phone, "alice", "27182")
        async with asyncio.timeout(10):
            while "confirmed" not in (found := confirmation(desks, LOBBY)):
                await asyncio.sleep(0.05)
        assert found == "confirmed"
        await log_out(phone, "alice")

    play(scene)


def confirmation(desks: Desks, device: str) -> str:
    with sqlite3.connect(desks.site.data / "roamline.sqlite3") as database:
        rows = database.execute(
            "SELECT confirmation FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id"
            " WHERE p.name = ? AND s.ended_at IS NULL",
            (device,),
        ).fetchall()
    return str(rows[0][0]) if rows else "no session"


def test_a_wrong_pin_is_told_on_the_phone_and_nothing_restarts(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY)
        await phone.open_service(SERVICE)
        shown = await asyncio.to_thread(phone.browser.submit, userid="alice", seq="11111")
        assert "(201)" in shown.text
        assert phone.did == ["booted"]
        retry = await asyncio.to_thread(phone.browser.press, shown.soft_keys[0][0])
        assert retry is not None
        assert retry.kind == "Input"

    play(scene)


@pytest.mark.parametrize(("name", "conflicts"), both_ways())
def test_whichever_reading_of_the_open_points_is_right_a_session_works(
    play: Play, name: str, conflicts: Conflicts
) -> None:
    async def scene(desks: Desks) -> None:
        phone = await desks.booted(LOBBY, conflicts=conflicts)
        await log_in(phone, "alice", "27182")
        assert numbers(phone) == ["1001", "8001"]
        await log_out(phone, "alice")
        assert numbers(phone) == ["1901"]
        assert phone.refused == []

    play(scene)


def test_a_phone_without_http_boots_over_tftp(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        phone = desks.phone(BOBS)
        phone.files.http_port = 9  # nobody listens there
        await phone.boot()
        assert numbers(phone) == ["1002"]
        assert (f"{BOBS}.cnf.xml", "tftp") in phone.files.fetched

    play(scene)


def test_a_phone_accepts_a_push_only_with_its_own_password(play: Play) -> None:
    async def scene(desks: Desks) -> None:
        for conflicts in (Conflicts(), Conflicts(asks_authentication_by_post=True)):
            phone = await desks.booted(BOBS, conflicts=conflicts)
            assert await push(phone, "guess") == b'<CiscoIPPhoneError Number="4"/>'
            assert phone.browser.history_cleared == 0
            assert b'Status="0"' in await push(phone, push_password(desks, BOBS))
            assert phone.browser.history_cleared == 1
            await phone.shut_down()

    play(scene)


def push_password(desks: Desks, device: str) -> str:
    site = keys.load(desks.site.data / "keys" / "site.key")
    mac = hmac.digest(site.derive("push passwords", site.ids[-1]), device.encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:18]).decode()


async def push(phone: SimulatedPhone, password: str) -> bytes:
    xml = '<CiscoIPPhoneExecute><ExecuteItem Priority="0" URL="Init:CallHistory"/></CiscoIPPhoneExecute>'
    request = urllib.request.Request(
        f"http://127.0.0.1:{phone.pushes.port}/CGI/Execute",
        urllib.parse.urlencode({"XML": xml}).encode(),
        {"Authorization": "Basic " + base64.b64encode(f"{phone.device}:{password}".encode()).decode()},
    )

    def send() -> bytes:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    return await asyncio.to_thread(send)
