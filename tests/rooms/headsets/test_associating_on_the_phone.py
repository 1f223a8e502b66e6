"""Connecting a headset that is nobody's: whose it is, asked on the phone."""

from __future__ import annotations

import pytest

from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Association, Headset, Skip
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from tests.support import factories
from tests.support.factories import ACTOR, NOW, set_parameter
from tests.support.headset_site import ALICES, LOBBY, NOBODYS, SHARED, Device, log_in, phone

pytestmark = pytest.mark.django_db


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
