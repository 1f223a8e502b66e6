"""Lamps of BLF keys: live call state, of the buttons that the phone has right now, and of nothing else (EM-43)."""

from __future__ import annotations

import pytest

from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line, Phone
from tests.doors.call_control.watching import Watch

pytestmark = [pytest.mark.needs("kamailio")]


def blf(profile: DeviceProfile, number: str, position: int = 3) -> None:
    Button.objects.create(profile=profile, position=position, kind="blf", label=number, number=number)


@pytest.fixture
def desks(site):
    """alice's phone with a key for bob, bob's and carol's phones; all registered."""
    rows = [site.phone(f"SEP0{index}", f"100{index}") for index in (1, 2, 3)]
    blf(rows[0].own_profile, "1002")
    phones = [site.sip(f"SEP0{index}") for index in (1, 2, 3)]
    for index, phone in enumerate(phones, 1):
        assert phone.register(f"100{index}") == 200
    return phones


def put_through(caller, number: str, line: str, callee):
    outgoing = caller.dial(number, line)
    callee.rings().answer()
    assert caller.finish(outgoing).status == 200
    return outgoing


@pytest.mark.proves("EM-43")
def test_the_lamp_follows_calls_of_the_watched_number_in_both_directions(desks):
    alice, bob, carol = desks
    watch = Watch(alice, "1001", "1002")
    assert watch.subscribe() in (200, 202)
    watch.shows(False)
    outgoing = put_through(carol, "1002", "1003", bob)
    watch.shows(True)
    outgoing.hang_up()
    watch.shows(False)
    outgoing = put_through(bob, "1003", "1002", carol)
    watch.shows(True)
    outgoing.hang_up()
    watch.shows(False)


def test_the_lamp_is_on_while_it_rings_and_off_when_nobody_answers(desks):
    alice, bob, carol = desks
    watch = Watch(alice, "1001", "1002")
    watch.subscribe()
    outgoing = carol.dial("1002", "1003")
    incoming = bob.rings()
    watch.shows(True)
    incoming.reject()
    assert carol.finish(outgoing).status == 486
    watch.shows(False)


def test_a_number_that_the_call_was_forwarded_from_is_free_at_once(desks):
    alice, bob, carol = desks
    Forward.objects.create(line=Line.objects.get(directory_number__pattern="1002"), kind="busy", destination="1001")
    watch = Watch(alice, "1001", "1002")
    watch.subscribe()
    outgoing = carol.dial("1002", "1003")
    incoming = bob.rings()
    watch.shows(True)
    incoming.reject()
    alice.rings().answer()
    assert carol.finish(outgoing).status == 200
    watch.shows(False)
    assert outgoing.hang_up().status == 200


def test_a_key_that_appears_during_a_call_is_lit_at_once(desks):
    alice, bob, carol = desks
    outgoing = put_through(carol, "1002", "1003", bob)
    watch = Watch(alice, "1001", "1002")
    watch.subscribe()
    watch.shows(True)
    outgoing.hang_up()
    watch.shows(False)


def test_who_is_in_the_call_is_told_nobody(desks):
    alice, bob, carol = desks
    watch = Watch(alice, "1001", "1002")
    watch.subscribe()
    put_through(carol, "1002", "1003", bob)
    watch.shows(True)
    assert not any("1003" in message.body for message in watch.notified)


def test_a_phone_watches_only_what_it_has_a_blf_key_for(desks, site):
    alice, bob, _carol = desks
    assert Watch(alice, "1001", "1003").subscribe() == 403
    assert Watch(bob, "1002", "1001").subscribe() == 403
    assert Watch(alice, "1002", "1002").subscribe() == 403, "the line is not its own"
    blf(Phone.objects.get(name="SEP02").own_profile, "7001")
    site.number("7001", "Directors")
    assert Watch(bob, "1002", "7001").subscribe() == 403, "its calling search space does not reach it"


@pytest.mark.proves("EM-43")
def test_the_buttons_are_the_profiles_after_log_in_and_the_phones_own_after_log_out(desks, site):
    alice, bob, carol = desks
    profile = site.profile("EM_dora", "1001")
    blf(profile, "1003")
    Phone.objects.filter(name="SEP01").update(current_profile=profile)
    assert Watch(alice, "1001", "1002").subscribe() == 403
    watch = Watch(alice, "1001", "1003")
    assert watch.subscribe() in (200, 202)
    outgoing = put_through(carol, "1002", "1003", bob)
    watch.shows(True)
    outgoing.hang_up()
    Phone.objects.filter(name="SEP01").update(current_profile=DeviceProfile.objects.get(name="SEP01-own"))
    assert watch.subscribe() == 403, "a subscription cannot be refreshed after the log-out"
    assert Watch(alice, "1001", "1002").subscribe() in (200, 202)


def test_a_subscription_is_refreshed_and_ended(desks):
    alice, bob, carol = desks
    watch = Watch(alice, "1001", "1002")
    assert watch.subscribe() in (200, 202)
    watch.shows(False)
    assert watch.subscribe() in (200, 202)
    outgoing = put_through(carol, "1002", "1003", bob)
    watch.shows(True)
    outgoing.hang_up()
    assert watch.subscribe(expires=0) in (200, 202)
    watch.take()
    assert watch.is_over


def test_nobody_but_the_server_publishes(desks):
    alice, _bob, _carol = desks
    answer = alice.challenged(
        "PUBLISH", "sip:1002@roamline", from_user="1001", to="<sip:1002@roamline>", extra=("Event: dialog",)
    )
    assert answer.status == 489


def test_a_browser_is_told_over_its_own_connection(desks, site):
    _alice, bob, carol = desks
    site.phone("SEP04", "1004")
    blf(Phone.objects.get(name="SEP04").own_profile, "1002")
    browser = site.browser("SEP04")
    assert browser.register("1004") == 200
    watch = Watch(browser, "1004", "1002")
    assert watch.subscribe() in (200, 202)
    put_through(carol, "1002", "1003", bob)
    watch.shows(True)
