"""Connecting one's headset: sign-in with and without a PIN, taking a phone over."""

from __future__ import annotations

import pytest

from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets.models import SignIn
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import rules as parameter_rules
from tests.support.factories import ACTOR, NOW, PIN, set_parameter
from tests.support.headset_site import ALICES, BOBS, LOBBY, NOBODYS, SHARED, Device, log_in, owner, phone, pinless

pytestmark = pytest.mark.django_db


@pytest.mark.proves("HS-25")
@pytest.mark.proves("HS-29")
@pytest.mark.shows("Headset-based Extension Mobility", "Allow headset for Extension Mobility sign in and sign out")
@pytest.mark.shows("PIN entry for headset-based sign in", "Required")
def test_an_associated_headset_and_the_pin_sign_its_owner_in_and_the_phone_resets(lobby: Device) -> None:
    lobby.connects(ALICES)
    assert lobby.shows == "pin_form"
    assert lobby.screen is not None
    assert [field.name for field in lobby.screen.fields] == ["pin"]
    assert lobby.submits().shows == "nothing"
    assert lobby.user == "alice"
    assert lobby.session is not None
    assert lobby.session.way == "headset"
    assert Effect.objects.get(kind="phone.reconfigure").payload == {"action": "reset"}
    assert SignIn.objects.get().headset.serial == ALICES  # type: ignore[union-attr]


@pytest.mark.proves("HS-25")
def test_the_profile_is_chosen_when_there_are_several(lobby: Device) -> None:
    owner("chen", "QPK1234C003", profiles=("EM_chen_desk", "EM_chen_lab"))
    lobby.connects("QPK1234C003")
    assert lobby.screen is not None
    assert [field.name for field in lobby.screen.fields] == ["pin", "profile"]
    assert [choice.value for choice in lobby.screen.fields[1].choices] == ["EM_chen_desk", "EM_chen_lab"]
    lobby.submits(profile="EM_chen_lab")
    phone_now = AuditEntry.objects.get(action="em.login")
    assert phone_now.subject == "EM_chen_lab"


@pytest.mark.proves("HS-25")
@pytest.mark.parametrize(
    ("hindrance", "number"),
    [("elsewhere", 25), ("must change", 41), ("locked", 201)],
)
def test_a_hindrance_shows_the_same_error_as_a_log_in(lobby: Device, hindrance: str, number: int) -> None:
    phone(SHARED)
    lobby.connects(ALICES)
    if hindrance == "elsewhere":
        log_in("alice", SHARED)
    elif hindrance == "must change":
        Account.objects.filter(user_id="alice").update(pin_must_change=True)
    else:
        Account.objects.filter(user_id="alice").update(locked_until=NOW.replace(year=2031))
    lobby.submits()
    assert lobby.user is None
    assert f"({number})" in lobby.text


@pytest.mark.proves("HS-12")
@pytest.mark.shows("PIN entry for headset-based sign in", "Not Required")
@pytest.mark.shows("Auto login timer after headset connect (seconds)", "20")
@pytest.mark.proves("HS-13")
@pytest.mark.proves("HS-25")
def test_pinless_signs_in_when_the_countdown_ends_with_the_default_profile(lobby: Device) -> None:
    owner("chen", "QPK1234C003", profiles=("EM_chen_desk", "EM_chen_lab"))
    pinless()
    set_parameter(parameter_rules.HEADSET_LOGIN_TIMER, "20")
    lobby.connects("QPK1234C003")
    assert lobby.shows == "countdown"
    assert lobby.screen is not None
    assert lobby.screen.countdown is not None
    assert (lobby.screen.countdown.seconds, lobby.screen.countdown.then) == (20, "sign_in")
    lobby.after(seconds=19)
    assert lobby.user is None
    lobby.after(seconds=1)
    assert lobby.user == "chen"
    assert lobby.shows == "nothing"
    entry = AuditEntry.objects.get(action="headset.sign_in")
    assert (entry.device, entry.way, entry.subject.upper()) == (LOBBY, "headset without pin", "QPK1234C003")
    assert entry.details == {"reported by": "usb"}


@pytest.mark.proves("HS-25")
def test_cancel_stops_the_countdown(lobby: Device) -> None:
    pinless()
    lobby.connects(ALICES).presses("cancel")
    assert lobby.shows == "nothing"
    lobby.after(minutes=5)
    assert lobby.user is None
    assert not Deadline.objects.exists()


@pytest.mark.proves("S-12")
@pytest.mark.shows("Pinless sign-in needs a marked phone", "True", "False")
def test_pinless_needs_a_marked_phone_and_a_real_headset(lobby: Device) -> None:
    from django.conf import settings

    pinless(marked=False)
    assert lobby.connects(ALICES).shows == "pin_form"
    set_parameter(parameter_rules.PINLESS_NEEDS_MARKED_PHONE, "False")
    assert lobby.disconnects(ALICES).connects(ALICES).shows == "countdown"
    simulated = Device(origin="simulated")
    assert simulated.disconnects(ALICES).connects(ALICES).shows == "countdown", "this is a demo"
    values = settings.CONFIG.values
    values["site.demo"] = False
    try:
        assert simulated.disconnects(ALICES).connects(ALICES).shows == "pin_form"
    finally:
        values["site.demo"] = True


@pytest.mark.proves("S-12")
def test_one_headset_at_two_phones_is_an_alarm(lobby: Device) -> None:
    phone(SHARED)
    lobby.connects(ALICES)
    Device(SHARED).connects(ALICES)
    entry = AuditEntry.objects.get(action="headset.at_two_phones")
    assert (entry.device, entry.details) == (SHARED, {"also at": LOBBY})


@pytest.mark.proves("HS-25")
@pytest.mark.parametrize("field", [{"pin_must_change": True}, {"locked_until": NOW.replace(year=2031)}])
def test_pinless_never_signs_in_a_locked_user_or_one_whose_pin_must_change(lobby: Device, field: dict) -> None:  # type: ignore[type-arg]
    pinless()
    lobby.connects(ALICES)
    Account.objects.filter(user_id="alice").update(**field)
    lobby.after(minutes=1)
    assert lobby.user is None
    assert lobby.disconnects(ALICES).connects(ALICES).shows == "pin_form"


@pytest.mark.proves("HS-26")
def test_a_taken_phone_asks_to_sign_the_earlier_user_out(lobby: Device) -> None:
    log_in("bob")
    lobby.connects(ALICES)
    assert lobby.shows == "take_over_question"
    assert "bob" in lobby.text
    lobby.after(hours=1)
    assert (lobby.shows, lobby.user) == ("take_over_question", "bob")
    assert lobby.presses("no").shows == "nothing"
    assert lobby.user == "bob"
    lobby.disconnects(ALICES).connects(ALICES).presses("yes")
    assert (lobby.shows, lobby.user) == ("pin_form", None)
    lobby.submits()
    assert lobby.user == "alice"


@pytest.mark.proves("HS-26")
@pytest.mark.shows("Auto login timer after headset connect (seconds)", "15")
def test_after_the_take_over_comes_the_pinless_offer(lobby: Device) -> None:
    pinless()
    log_in("bob")
    lobby.connects(ALICES).presses("yes")
    assert lobby.shows == "countdown"
    lobby.after(seconds=15)
    assert lobby.user == "alice"


@pytest.mark.proves("HS-26")
def test_nobody_is_signed_out_for_another_while_in_a_call(lobby: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in("bob")
    lobby.connects(ALICES)
    in_call(monkeypatch)
    lobby.presses("yes")
    assert (lobby.shows, lobby.user) == ("notice", "bob")
    assert "in a call" in lobby.text


@pytest.mark.proves("HS-26")
def test_an_unassociated_headset_on_a_taken_phone_gets_the_association_screen(lobby: Device) -> None:
    log_in("bob")
    assert lobby.connects(NOBODYS).shows == "association_form"
    assert lobby.user == "bob"


@pytest.mark.proves("HS-27")
def test_connecting_ones_headset_again_changes_nothing_and_calls_the_sign_out_off(lobby: Device) -> None:
    lobby.connects(ALICES).submits()
    session = lobby.session_uuid
    lobby.disconnects(ALICES)
    assert Deadline.objects.filter(kind="headsets.sign_out").exists()
    assert lobby.connects(ALICES).shows == "nothing"
    assert not Deadline.objects.filter(kind="headsets.sign_out").exists()
    lobby.after(hours=1)
    assert lobby.session_uuid == session


@pytest.mark.proves("HS-28")
def test_when_a_session_ends_with_its_headset_still_there_the_offer_comes_again_until_cancelled(lobby: Device) -> None:
    pinless()
    lobby.connects(ALICES).after(seconds=15)
    for _time in range(2):
        mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
        assert lobby.settles().shows == "countdown"
        lobby.presses("sign_in")
        assert lobby.user == "alice"
    mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
    lobby.settles().presses("cancel")
    log_in("bob")
    lobby.settles()
    mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
    assert lobby.settles().shows == "nothing"
    assert lobby.disconnects(ALICES).connects(ALICES).shows == "countdown"


@pytest.mark.proves("HS-28")
def test_a_headset_that_loses_its_power_with_the_phone_did_not_go_away(lobby: Device) -> None:
    session = lobby.connects(ALICES).submits().session_uuid
    assert lobby.loses_power(ALICES).shows == "nothing"
    lobby.after(seconds=20)
    assert lobby.connects(ALICES).after(minutes=10).session_uuid == session
    assert lobby.loses_power(ALICES).shows == "sign_out_offer", "the reset is long over"


@pytest.mark.proves("HS-28")
def test_what_the_phones_own_reset_does_to_its_headsets_counts_as_nothing(lobby: Device) -> None:
    pinless()
    lobby.connects(ALICES).after(seconds=15)
    mobility.log_out(LOBBY, mobility.By("", mobility.Way.PHONE), lobby.now)
    lobby.settles().presses("cancel")
    lobby.lists().after(seconds=20)
    assert lobby.lists(ALICES).shows == "nothing"
    lobby.after(minutes=5)
    assert lobby.shows == "nothing"


def test_a_headset_that_does_not_come_back_from_the_reset_was_disconnected(lobby: Device) -> None:
    lobby.connects(ALICES).submits()
    assert lobby.lists().shows == "nothing"
    assert lobby.after(seconds=61).shows == "sign_out_offer"


@pytest.mark.proves("HS-15")
def test_the_owner_of_phone_and_headset_is_not_asked_to_sign_in(lobby: Device) -> None:
    desk = phone("SEP0011AA220002")
    directory.give_phone(Account.objects.get(user_id="bob"), desk, actor=ACTOR, now=NOW)
    at_desk = Device(desk.name)
    assert at_desk.connects(BOBS).shows == "nothing"
    assert at_desk.connects(ALICES).shows == "pin_form"


@pytest.mark.proves("HS-15")
@pytest.mark.parametrize("firmware", ["12.8(1)", "", "sip88xx.12-8-1-0001-455"])
def test_a_phone_with_old_firmware_offers_nothing(firmware: str) -> None:
    phone(firmware=firmware)
    owner("alice", ALICES)
    assert Device().connects(ALICES).shows == "nothing"


def test_a_report_is_taken_once(lobby: Device) -> None:
    lobby.connects(ALICES, report="r1").disconnects(ALICES, report="r2")
    assert lobby.connects(ALICES, report="r1").shows == "nothing"
    assert lobby.connects(ALICES, report="r3").shows == "pin_form"


def test_a_key_on_a_screen_that_is_gone_is_ignored(lobby: Device) -> None:
    lobby.connects(ALICES)
    assert lobby.screen is not None
    old = lobby.screen.id
    lobby.presses("exit").disconnects(ALICES).connects(ALICES)
    lobby.presses("submit", pin=PIN, screen=old)
    assert (lobby.shows, lobby.user) == ("pin_form", None)


def in_call(monkeypatch: pytest.MonkeyPatch, answer: bool = True) -> None:
    """Whoever is asked says that every phone is in a call, or that none is."""
    from roamline.rooms.mobility.service import calls

    monkeypatch.setattr(calls, "_questions", [lambda _device: answer])
