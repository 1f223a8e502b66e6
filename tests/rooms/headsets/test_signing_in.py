"""Connecting a headset: association, sign-in with and without a PIN, taking a phone over."""

from __future__ import annotations

import pytest

from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Association, Headset, SignIn, Skip
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from tests.support import factories
from tests.support.factories import ACTOR, NOW, PIN, set_parameter
from tests.support.headset_site import ALICES, BOBS, LOBBY, NOBODYS, SHARED, Device, owner, phone, pinless

pytestmark = pytest.mark.django_db


@pytest.fixture
def lobby() -> Device:
    """A phone in the lobby, alice and bob with a headset each."""
    phone()
    owner("alice", ALICES)
    owner("bob", BOBS)
    return Device()


def log_in(user_id: str, device: str = LOBBY) -> None:
    by = mobility.By(ACTOR, mobility.Way.ADMINISTRATOR)
    assert isinstance(mobility.log_in(mobility.LogIn(device, user_id, None), by, NOW), mobility.LoggedIn)


@pytest.mark.proves("HS-20")
def test_an_unassociated_headset_asks_whose_it_is_at_each_connection(lobby: Device) -> None:
    for _time in range(2):
        assert lobby.connects(NOBODYS).shows == "association_form"
        assert lobby.screen is not None
        assert [(field.name, field.kind, field.value) for field in lobby.screen.fields] == [
            ("userid", "text", ""), ("pin", "pin", ""),
        ]  # fmt: skip
        assert [key.label for key in lobby.screen.keys] == ["Submit", "Exit"]
        assert lobby.disconnects(NOBODYS).shows == "nothing"


@pytest.mark.proves("HS-20")
def test_the_user_id_is_that_of_who_is_logged_in_else_the_owners_else_the_only_associated_users() -> None:
    from roamline.rooms.directory.models import AssociatedPhone, PhoneOwner

    lobby = phone()
    alice, bob = factories.user("alice"), factories.user("bob")
    device = Device()

    def prefilled() -> str:
        device.disconnects(NOBODYS).connects(NOBODYS)
        assert device.screen is not None
        return device.screen.fields[0].value

    AssociatedPhone.objects.create(phone=lobby, account=bob)
    assert prefilled() == "bob"
    AssociatedPhone.objects.create(phone=lobby, account=alice)
    assert prefilled() == ""
    PhoneOwner.objects.create(phone=lobby, account=bob)
    assert prefilled() == "bob"
    log_in("alice")
    assert prefilled() == "alice"


@pytest.mark.proves("HS-21")
def test_success_names_the_user_and_signs_in_without_the_pin_again(lobby: Device) -> None:
    lobby.connects(NOBODYS).submits("alice")
    assert lobby.shows == "associated"
    assert "alice" in lobby.text
    assert lobby.screen is not None
    assert [key.key for key in lobby.screen.keys] == ["sign_in", "exit"]
    assert lobby.presses("sign_in").shows == "nothing"
    assert lobby.user == "alice"
    assert Association.objects.get(headset__serial=NOBODYS).account.user_id == "alice"


@pytest.mark.proves("HS-21")
def test_after_the_association_only_the_profile_is_asked_when_there_are_several(lobby: Device) -> None:
    factories.user("chen", profiles=("EM_chen_desk", "EM_chen_lab"))
    lobby.connects(NOBODYS).submits("chen")
    assert lobby.screen is not None
    assert [(field.name, field.value) for field in lobby.screen.fields] == [("profile", "EM_chen_desk")]
    lobby.presses("sign_in", profile="EM_chen_lab")
    assert lobby.user == "chen"


def test_sign_in_after_a_while_asks_for_the_pin_again(lobby: Device) -> None:
    lobby.connects(NOBODYS).submits("alice")
    lobby.after(minutes=3)
    assert lobby.presses("sign_in").shows == "pin_form"
    assert lobby.user is None


def test_where_extension_mobility_is_not_possible_there_is_no_sign_in(lobby: Device) -> None:
    factories.user("dana", profiles=())
    lobby.connects(NOBODYS).submits("dana")
    assert lobby.screen is not None
    assert [key.key for key in lobby.screen.keys] == ["exit"]


@pytest.mark.proves("HS-22")
def test_three_wrong_attempts_show_the_form_again_and_the_fourth_closes_it(lobby: Device) -> None:
    lobby.connects(NOBODYS)
    for _attempt in range(3):
        assert lobby.submits("alice", "99999").shows == "association_form"
        assert "(201)" in lobby.text
    assert lobby.submits("alice", "99999").shows == "notice"
    assert "(201)" in lobby.text
    assert lobby.presses("exit").shows == "nothing"
    assert lobby.disconnects(NOBODYS).connects(NOBODYS).submits("alice").shows == "associated"


@pytest.mark.proves("HS-22")
def test_the_lock_out_of_the_account_applies_on_top(lobby: Device) -> None:
    for _time in range(2):
        lobby.connects(NOBODYS)
        for _attempt in range(4):
            lobby.submits("alice", "99999")
        lobby.disconnects(NOBODYS)
    assert Account.objects.get(user_id="alice").locked_until is not None
    assert lobby.connects(NOBODYS).submits("alice").shows == "association_form"
    assert "(201)" in lobby.text


@pytest.mark.proves("HS-22")
def test_the_sixteenth_headset_and_a_headset_of_another_have_their_own_texts(lobby: Device) -> None:
    for number in range(14):
        headsets.associate(f"SPARE{number}", "alice", actor=ACTOR, way="tests", now=NOW)
    lobby.connects(NOBODYS).submits("alice")
    assert "15 headsets" in lobby.text
    other = Device()
    other.disconnects(NOBODYS).connects(NOBODYS)
    headsets.associate(NOBODYS, "bob", actor=ACTOR, way="tests", now=NOW)
    other.submits("alice")
    assert other.shows == "notice"
    assert "associated already" in other.text
    assert "bob" not in other.text


def test_a_blank_form_is_no_attempt(lobby: Device) -> None:
    lobby.connects(NOBODYS)
    for _time in range(5):
        lobby.submits("alice", "")
    assert lobby.shows == "association_form"
    assert "(202)" in lobby.text


@pytest.mark.proves("HS-23")
def test_the_menu_associates_by_hand_and_is_greyed_out_without_headset(lobby: Device) -> None:
    from roamline.rooms.headsets.screens import view_of

    set_parameter(parameter_rules.HEADSET_ASSOCIATION, parameter_rules.PROMPT_NONE)
    parameters.apply_config(actor=ACTOR, way="tests", source="", now=NOW)
    lobby.chooses_menu()
    assert lobby.shows == "nothing"
    view = view_of(LOBBY, NOW)
    assert view is not None
    assert not view.may_associate
    assert lobby.connects(NOBODYS).shows == "nothing"
    view = view_of(LOBBY, NOW)
    assert view is not None
    assert view.may_associate
    assert lobby.chooses_menu().shows == "association_form"
    assert lobby.submits("alice").shows == "associated"
    assert lobby.chooses_menu().shows == "notice"
    assert "associated already" in lobby.text


@pytest.mark.proves("HS-24")
def test_a_skip_holds_on_this_phone_only_and_ends_with_the_association_or_by_an_administrator(lobby: Device) -> None:
    second = phone(SHARED)
    lobby.connects(NOBODYS).presses("exit")
    assert lobby.shows == "skip_question"
    assert lobby.presses("no").shows == "association_form"
    lobby.presses("exit").presses("yes")
    assert lobby.disconnects(NOBODYS).connects(NOBODYS).shows == "nothing"
    other = Device(SHARED)
    assert other.connects(NOBODYS).shows == "association_form"
    headset = Headset.objects.get(serial=NOBODYS)
    skip = Skip.objects.get()
    assert headsets.clear_skip(skip.phone, headset, actor="admin", way="tests", now=NOW)
    assert lobby.disconnects(NOBODYS).connects(NOBODYS).shows == "association_form"
    lobby.presses("exit").presses("yes")
    other.submits("alice")
    assert not Skip.objects.exists()
    assert second.name == SHARED


@pytest.mark.proves("HS-10")
@pytest.mark.shows(
    "Headset Association",
    "Prompt user to initiate Headset Association from all devices",
    "Prompt user to initiate Headset Association only from Extension Mobility-enabled devices",
    "Do not prompt user to initiate Headset Association from all devices",
)
def test_which_phones_ask_is_a_parameter_that_waits_for_apply_config(lobby: Device) -> None:
    plain = factories.phone("SEP0011AA220004", em_enabled=False)
    off = Device(plain.name)
    set_parameter(parameter_rules.HEADSET_ASSOCIATION, parameter_rules.PROMPT_EM_ONLY)
    assert parameters.now_in_force().pending() == (parameter_rules.HEADSET_ASSOCIATION,)
    assert off.connects(NOBODYS).shows == "association_form"
    parameters.apply_config(actor=ACTOR, way="tests", source="", now=NOW)
    assert parameters.now_in_force().pending() == ()
    assert off.disconnects(NOBODYS).connects(NOBODYS).shows == "nothing"
    assert lobby.connects(NOBODYS).shows == "association_form"
    set_parameter(parameter_rules.HEADSET_ASSOCIATION, parameter_rules.PROMPT_NONE)
    parameters.apply_config(actor=ACTOR, way="tests", source="", now=NOW)
    assert lobby.disconnects(NOBODYS).connects(NOBODYS).shows == "nothing"
    assert lobby.connects(ALICES).shows == "pin_form"


@pytest.mark.proves("HS-11")
@pytest.mark.shows(
    "Headset-based Extension Mobility", "Do not Allow headset for Extension Mobility sign in and sign out"
)
def test_when_headset_sign_in_is_not_allowed_no_sign_in_or_sign_out_screen_appears(lobby: Device) -> None:
    lobby.connects(ALICES).submits()
    set_parameter(parameter_rules.HEADSET_SIGN_IN, parameter_rules.HEADSET_NOT_ALLOWED)
    assert lobby.disconnects(ALICES).shows == "nothing"
    lobby.after(minutes=20)
    assert lobby.user == "alice"
    mobility.log_out(LOBBY, mobility.By(ACTOR, mobility.Way.ADMINISTRATOR), lobby.now)
    assert lobby.connects(ALICES).shows == "nothing"


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
