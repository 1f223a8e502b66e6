"""Calls to a manager who diverts or filters them ring the assistant (EM-37)."""

from __future__ import annotations

import pytest

from roamline.rooms.directory.models import Account
from roamline.rooms.features.models import Assistance, FilteredCaller, ManagerSettings
from roamline.rooms.phones.models import Button, DeviceProfile
from tests.doors.call_control.small_site import SmallSite
from tests.doors.call_control.watching import Watch
from tests.sip_client import SipPhone, eventually

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture
def office(site: SmallSite) -> SmallSite:
    """Alice (1001) has the assistants bob (1002) and chen (1003); dana (1004) calls."""
    Account.objects.all().delete()
    for digits in ("1001", "1002", "1003", "1004"):
        site.phone(f"SEP{digits}", digits)
    profile = DeviceProfile.objects.get(name="SEP1001-own")
    for position, (user, digits) in enumerate((("bob", "1002"), ("chen", "1003")), start=1):
        account = Account.objects.create(user_id=user, primary_extension=site.number(digits))
        Assistance.objects.create(profile=profile, account=account, position=position)
    ManagerSettings.objects.create(profile=profile)
    return site


def switch(**fields: object) -> None:
    ManagerSettings.objects.update(**fields)


def registered(site: SmallSite, *numbers: str) -> list[SipPhone]:
    phones = [site.sip(f"SEP{digits}") for digits in numbers]
    assert [phone.register(digits) for phone, digits in zip(phones, numbers, strict=True)] == [200] * len(numbers)
    return phones


def rings_at(site: SmallSite, caller: str, *phones: SipPhone) -> SipPhone:
    """Which of the phones a call to alice rings; it is answered and hung up."""
    other = site.sip(f"SEP{caller}")
    outgoing = other.dial("1001", caller)
    phone = eventually(lambda: next((each for each in phones if each.is_rung()), None), "the ringing")
    incoming = phone.rings()
    incoming.answer()
    assert other.finish(outgoing).status == 200
    outgoing.hang_up()
    return phone


@pytest.mark.proves("EM-37")
def test_a_diverted_call_really_rings_the_assistant(office):
    alice, bob = registered(office, "1001", "1002")
    assert rings_at(office, "1004", alice, bob) is alice
    switch(divert_all=True)
    dana = office.sip("SEP1004")
    outgoing = dana.dial("1001", "1004")
    incoming = bob.rings()
    assert "1001" in incoming.invite.first("Diversion"), "the assistant sees for whom"
    assert "1004" in incoming.invite.first("P-Asserted-Identity")
    incoming.answer()
    assert dana.finish(outgoing).status == 200
    assert alice.stays_silent(0.2)
    outgoing.hang_up()
    switch(divert_all=False)
    assert rings_at(office, "1004", alice, bob) is alice


def test_the_assistants_lamp_shows_the_diverted_call_also_where_nobody_watches_the_manager(office):
    switch(divert_all=True)
    chens = DeviceProfile.objects.get(name="SEP1003-own")
    Button.objects.create(profile=chens, position=3, kind="blf", label="Bob", number="1002")
    bob, chen, dana = registered(office, "1002", "1003", "1004")
    watch = Watch(chen, "1003", "1002")
    watch.subscribe()
    watch.shows(False)
    outgoing = dana.dial("1001", "1004")
    bob.rings().answer()
    assert dana.finish(outgoing).status == 200
    watch.shows(True)
    outgoing.hang_up()
    watch.shows(False)


def test_the_next_assistant_is_tried_and_at_last_the_manager(office):
    switch(divert_all=True)
    alice, chen = registered(office, "1001", "1003")
    assert rings_at(office, "1004", alice, chen) is chen, "bob is not there"
    DeviceProfile.objects.filter(name="SEP1003-own").update(dnd_enabled=True)
    assert rings_at(office, "1004", alice, chen) is alice, "chen does not want to be disturbed"


def test_an_assistants_own_call_always_rings_the_manager(office):
    switch(divert_all=True)
    alice, chen = registered(office, "1001", "1003")
    assert rings_at(office, "1002", alice, chen) is alice


@pytest.mark.parametrize(("kind", "from_dana", "from_erin"), [("these", "bob", "alice"), ("others", "alice", "bob")])
def test_the_filter_sends_the_callers_it_names_or_all_others(office, kind, from_dana, from_erin):
    office.phone("SEP2001", "2001")
    switch(filter_on=True, filter_kind=kind)
    FilteredCaller.objects.create(profile=DeviceProfile.objects.get(name="SEP1001-own"), pattern="10XX")
    phones = dict(zip(("alice", "bob"), registered(office, "1001", "1002"), strict=True))
    assert rings_at(office, "1004", *phones.values()) is phones[from_dana]
    assert rings_at(office, "2001", *phones.values()) is phones[from_erin]
    switch(filter_on=False)
    assert rings_at(office, "1004", *phones.values()) is phones["alice"]
    assert rings_at(office, "2001", *phones.values()) is phones["alice"]
