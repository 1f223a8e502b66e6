"""Disconnecting a headset: the offer to sign out, the timer, calls, other phones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.headsets import service as headsets
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline
from roamline.rooms.mobility import auditor
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import calls
from roamline.rooms.parameters import rules as parameter_rules
from tests.support.factories import ACTOR, set_parameter
from tests.support.headset_site import ALICES, BOBS, LOBBY, NOBODYS, SHARED, SOFTPHONE, Device, owner, phone, pinless

pytestmark = pytest.mark.django_db


@pytest.fixture
def lobby() -> Device:
    """alice is signed in by her headset on the phone in the lobby; bob has a headset, too."""
    phone()
    owner("alice", ALICES)
    owner("bob", BOBS)
    device = Device().connects(ALICES).submits().settles()
    assert device.user == "alice"
    return device


@pytest.fixture
def a_call(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The phones that are in a call."""
    talking: set[str] = set()
    monkeypatch.setattr(calls, "_questions", [lambda device: device in talking])
    return talking


@pytest.mark.proves("HS-30")
def test_disconnecting_offers_to_sign_out_with_the_time_left(lobby: Device) -> None:
    lobby.disconnects(ALICES)
    assert lobby.screen is not None
    assert lobby.screen.countdown is not None
    assert (lobby.screen.countdown.seconds, lobby.screen.countdown.then) == (300, "sign_out")
    assert [key.key for key in lobby.screen.keys] == ["sign_out", "cancel"]
    lobby.presses("sign_out")
    assert (lobby.user, lobby.shows) == (None, "nothing")
    assert not Deadline.objects.exists()
    assert list(auditor.findings()) == []


@pytest.mark.proves("HS-30")
@pytest.mark.proves("HS-14")
@pytest.mark.shows("Auto logout timer after headset disconnect (minutes)", "15")
def test_without_input_the_session_ends_when_the_time_is_up(lobby: Device) -> None:
    set_parameter(parameter_rules.HEADSET_LOGOUT_TIMER, "15")
    lobby.disconnects(ALICES)
    lobby.after(minutes=14, seconds=59)
    assert lobby.user == "alice"
    lobby.after(seconds=1)
    assert (lobby.user, lobby.shows) == (None, "nothing")
    assert LoginSession.objects.get().ended_way == "headset away"


@pytest.mark.parametrize("value", ["0", "16", "x", ""])
def test_the_sign_out_timer_takes_1_to_15_minutes(value: str) -> None:
    with pytest.raises(parameter_rules.InvalidValue):
        set_parameter(parameter_rules.HEADSET_LOGOUT_TIMER, value)


@pytest.mark.proves("HS-30")
@pytest.mark.shows("Auto logout timer after headset disconnect (minutes)", "5")
def test_cancel_closes_the_screen_and_the_timer_runs_on(lobby: Device) -> None:
    lobby.disconnects(ALICES).presses("cancel")
    assert (lobby.user, lobby.shows) == ("alice", "nothing")
    lobby.after(minutes=5)
    assert lobby.user is None


@pytest.mark.proves("HS-30")
def test_connecting_in_time_keeps_the_profile_and_avoids_the_reset(lobby: Device) -> None:
    session = lobby.session_uuid
    lobby.disconnects(ALICES).presses("cancel").after(minutes=4)
    lobby.connects(ALICES).after(hours=2)
    assert lobby.session_uuid == session
    assert LoginSession.objects.count() == 1


@pytest.mark.proves("HS-29")
def test_the_phone_resets_to_its_own_profile_at_the_log_out(lobby: Device) -> None:
    from roamline.rooms.ledger.models import Effect
    from roamline.rooms.phones.models import Phone

    lobby.disconnects(ALICES).presses("sign_out")
    assert Effect.objects.get(kind="phone.reconfigure").payload == {"action": "reset"}
    here = Phone.objects.get(name=LOBBY)
    assert here.current_profile == here.own_profile


@pytest.mark.proves("HS-31")
def test_disconnecting_in_a_call_never_ends_the_call_and_sign_out_waits_for_it(lobby: Device, a_call: set[str]) -> None:
    a_call.add(LOBBY)
    lobby.disconnects(ALICES).presses("sign_out")
    assert (lobby.user, lobby.shows) == ("alice", "notice")
    assert "when the call ends" in lobby.text
    lobby.after(minutes=20)
    assert lobby.user == "alice"
    a_call.clear()
    mobility.call_ended(LOBBY, lobby.now)
    lobby.settles()
    assert lobby.user is None


@pytest.mark.proves("HS-31")
def test_when_the_time_is_up_in_a_call_the_sign_out_comes_with_its_end(lobby: Device, a_call: set[str]) -> None:
    a_call.add(LOBBY)
    lobby.disconnects(ALICES).after(minutes=6)
    assert lobby.user == "alice"
    a_call.clear()
    mobility.call_ended(LOBBY, lobby.now)
    assert lobby.settles().user is None


@pytest.mark.proves("HS-31")
def test_when_the_call_ends_earlier_the_remaining_time_runs(lobby: Device, a_call: set[str]) -> None:
    a_call.add(LOBBY)
    lobby.disconnects(ALICES).after(minutes=2)
    a_call.clear()
    mobility.call_ended(LOBBY, lobby.now)
    assert lobby.settles().user == "alice"
    assert lobby.after(minutes=3).user is None


@pytest.mark.proves("HS-33")
def test_a_session_of_somebody_else_is_not_touched(lobby: Device) -> None:
    lobby.connects(BOBS).presses("no")
    assert lobby.disconnects(BOBS).shows == "nothing"
    lobby.connects(NOBODYS).disconnects(NOBODYS)
    lobby.after(hours=1)
    assert lobby.user == "alice"


def test_the_owners_second_headset_keeps_the_session(lobby: Device) -> None:
    headsets.associate("SPARE", "alice", actor=ACTOR, way="tests", now=lobby.now)
    lobby.connects("SPARE").disconnects(ALICES)
    assert lobby.shows == "nothing"
    assert lobby.disconnects("SPARE").shows == "sign_out_offer"


@pytest.mark.proves("HS-34")
def test_walking_from_desk_to_desk_works_although_multiple_logins_are_not_allowed(lobby: Device) -> None:
    phone(SHARED)
    lobby.disconnects(ALICES)
    there = Device(SHARED, lobby.now + timedelta(seconds=30)).connects(ALICES)
    assert (lobby.user, lobby.shows) == (None, "nothing")
    there.submits()
    assert there.user == "alice"


@pytest.mark.proves("HS-34")
def test_a_session_that_does_not_wait_stays_where_it_is(lobby: Device) -> None:
    phone(SHARED)
    there = Device(SHARED, lobby.now).connects(ALICES)
    there.submits()
    assert (lobby.user, there.user) == ("alice", None)
    assert "(25)" in there.text


@pytest.mark.proves("HS-32")
def test_the_timer_fires_once_whoever_asks(lobby: Device) -> None:
    lobby.disconnects(ALICES)
    due = lobby.now + timedelta(minutes=5)
    assert ledger.fire_due_deadlines(due) == 1
    assert ledger.fire_due_deadlines(due) == 0
    while ledger.perform_due_effects(due):
        pass
    assert lobby.user is None
    assert AuditEntry.objects.filter(action="em.logout").count() == 1


def test_a_log_out_by_another_way_calls_the_timer_off(lobby: Device) -> None:
    lobby.disconnects(ALICES)
    mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
    lobby.settles()
    assert lobby.shows == "nothing"
    assert not Deadline.objects.exists()


def test_the_timer_leaves_a_new_session_of_the_same_user_alone(lobby: Device) -> None:
    lobby.disconnects(ALICES)
    by = mobility.By("", mobility.Way.PHONE)
    mobility.log_out(LOBBY, by, lobby.now)
    mobility.log_in(mobility.LogIn(LOBBY, "alice", None), by, lobby.now)
    lobby.after(minutes=5)
    assert lobby.user == "alice"


def test_without_pinless_nothing_is_offered_when_a_session_ends(lobby: Device) -> None:
    mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
    assert lobby.settles().shows == "nothing"


@pytest.mark.proves("HS-28")
def test_the_offer_comes_also_when_its_user_went_to_another_phone_but_fetches_nobody_back(lobby: Device) -> None:
    pinless()
    phone(SHARED)
    set_parameter(parameter_rules.MULTIPLE_LOGIN_BEHAVIOR, parameter_rules.AUTO_LOGOUT)
    by = mobility.By("alice", mobility.Way.PHONE)
    mobility.log_in(mobility.LogIn(SHARED, "alice", None), by, lobby.now)
    assert lobby.settles().shows == "countdown"
    assert lobby.screen is not None
    assert lobby.screen.countdown is None
    assert "signed in on another phone" in lobby.text
    lobby.after(hours=1)
    assert (lobby.shows, Device(SHARED).user) == ("countdown", "alice")
    lobby.presses("sign_in")
    assert (lobby.user, Device(SHARED).user) == ("alice", None)


@pytest.mark.proves("HS-28")
def test_cancelling_the_offer_to_somebody_elsewhere_silences_the_headset(lobby: Device) -> None:
    pinless()
    phone(SHARED)
    set_parameter(parameter_rules.MULTIPLE_LOGIN_BEHAVIOR, parameter_rules.AUTO_LOGOUT)
    by = mobility.By("alice", mobility.Way.PHONE)
    mobility.log_in(mobility.LogIn(SHARED, "alice", None), by, lobby.now)
    assert lobby.settles().presses("cancel").shows == "nothing"
    mobility.log_out(SHARED, by, lobby.now)
    assert lobby.settles().after(minutes=5).shows == "nothing"
    assert lobby.disconnects(ALICES).connects(ALICES).shows == "countdown"


def three_phones_whose_headsets_went() -> list[Device]:
    """alice, bob and chen, each signed in by headset on a phone of their own, and gone at the same moment."""
    devices = []
    for user, serial, name in (("alice", ALICES, LOBBY), ("bob", BOBS, SHARED), ("chen", NOBODYS, SOFTPHONE)):
        phone(name)
        owner(user, serial)
        devices.append(Device(name).connects(serial).submits().settles())
        assert devices[-1].user == user
    return [each.disconnects(serial) for each, serial in zip(devices, (ALICES, BOBS, NOBODYS), strict=True)]


@pytest.mark.proves("HS-32")
def test_many_timers_that_are_due_together_do_what_each_by_itself_does(a_call: set[str]) -> None:
    devices = three_phones_whose_headsets_went()
    a_call.add(SHARED)
    devices[0].after(minutes=5)
    assert [each.user for each in devices] == [None, "bob", None]
    assert [each.shows for each in devices] == ["nothing"] * 3
    a_call.clear()
    devices[0].after(seconds=5)
    assert [each.user for each in devices] == [None] * 3
    for action in ("headset.sign_out", "em.logout"):
        entries = AuditEntry.objects.filter(action=action, way="headset away")
        assert sorted(entries.values_list("user_id", flat=True)) == ["alice", "bob", "chen"]
    assert not Deadline.objects.exists()
    assert list(auditor.findings()) == []


def test_one_who_came_back_is_not_signed_out_with_the_others() -> None:
    devices = three_phones_whose_headsets_went()
    devices[1].connects(BOBS)
    Deadline.objects.create(kind="headsets.sign_out", subject=str(id_of(SHARED)), due_at=devices[1].now)
    devices[0].after(minutes=5)
    assert [each.user for each in devices] == [None, "bob", None]


def id_of(name: str) -> int:
    from roamline.rooms.phones.models import Phone

    return Phone.objects.get(name=name).pk
