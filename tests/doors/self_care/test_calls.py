"""Call backs and assistants' switches in self-care (EM-34, EM-37)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from roamline.rooms.directory.models import Account
from roamline.rooms.features.models import Assistance, CallBack, ManagerSettings
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.support import factories


def page(browser: Client) -> str:
    return browser.get("/selfcare/calls").content.decode()


def call_back(user: Account | None, number: str = "1002") -> CallBack:
    now = datetime.now(UTC)
    return CallBack.objects.create(
        phone=Phone.objects.get(name="SEP0011AA220001"), account=user, line="1001", number=factories.number(number),
        waits_for=CallBack.IDLE, asked_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.proves("EM-34")
def test_my_call_backs_are_listed_and_cancelled_and_nobody_elses(alice: Account, browser: Client) -> None:
    mine, other = call_back(alice), call_back(None, "1003")
    assert "1002" in page(browser)
    assert "1003" not in page(browser)
    for each in (mine, other):
        browser.post(f"/selfcare/call-backs/{each.pk}/cancel")
    assert list(CallBack.objects.all()) == [other]
    entry = AuditEntry.objects.get(action="call_back.cancelled")
    assert (entry.actor, entry.way) == ("alice", "self-care")


@pytest.mark.proves("EM-37")
def test_a_manager_switches_everything_and_an_assistant_the_diversion(alice: Account, browser: Client) -> None:
    bob = factories.user("bob", password=factories.PASSWORD)
    profile = DeviceProfile.objects.get(name="EM_alice")
    Assistance.objects.create(profile=profile, account=bob)
    assert "My assistants" in page(browser)
    for which in ("divert", "filter", "dnd"):
        browser.post(f"/selfcare/calls/{profile.pk}/{which}", {"to": "on"})
    profile.refresh_from_db()
    switches = ManagerSettings.objects.get(profile=profile)
    assert (switches.divert_all, switches.filter_on, profile.dnd_enabled) == (True, True, True)

    assistant = Client()
    assistant.post("/selfcare/sign-in", {"user": "bob", "password": factories.PASSWORD})
    assert "Does not want to be disturbed now." in page(assistant)
    for which in ("divert", "filter", "dnd"):
        assistant.post(f"/selfcare/calls/{profile.pk}/{which}", {"to": "off"})
    profile.refresh_from_db()
    switches.refresh_from_db()
    assert (switches.divert_all, switches.filter_on, profile.dnd_enabled) == (False, True, True)


def test_a_stranger_switches_nothing(alice: Account, browser: Client) -> None:
    profile = factories.profile("EM_bob")
    for which, to in (("divert", "on"), ("dnd", "on"), ("fire", "on"), ("divert", "perhaps")):
        browser.post(f"/selfcare/calls/{profile.pk}/{which}", {"to": to})
    profile.refresh_from_db()
    assert not ManagerSettings.objects.exists()
    assert not profile.dnd_enabled
