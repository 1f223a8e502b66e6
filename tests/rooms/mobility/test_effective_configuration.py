from __future__ import annotations

from dataclasses import replace

import pytest

from roamline.rooms.mobility.rules.effective import (
    ButtonFacts,
    LineFacts,
    PhoneContent,
    ProfileContent,
    ServiceFacts,
    effective_configuration,
)

BIG = PhoneContent(
    device="SEP0011AA220001",
    description="lobby",
    model="Cisco 8851",
    product_number=684,
    keys=10,
    max_lines=10,
    registers_once=True,
    is_software=False,
    own_locale="",
    time_zone="UTC",
    sip_servers=("127.0.0.1:5060",),
    version=3,
)
SMALL = replace(BIG, device="SEP0011AA220003", model="Cisco 7841", keys=4, max_lines=2)


def line(index: int, number: str, button: int = 0, **more: object) -> LineFacts:
    return LineFacts(index, button or index, number, number, "", **more)  # type: ignore[arg-type]


def key(position: int, label: str) -> ButtonFacts:
    return ButtonFacts(position, "speed_dial", label, "1003")


def service(name: str) -> ServiceFacts:
    return ServiceFacts(name, f"http://pbx/{name}", "", "services")


EM = service("Extension Mobility")
LINES = (line(1, "1001"), line(2, "1011"), line(3, "1021"))
PROFILE = ProfileContent("EM_alice", "Cisco 8851", "zh", True, LINES, (key(4, "Chen"), key(5, "Erin")), (EM,))
DEFAULT = ProfileContent("Default_7841", "Cisco 7841", "", False, (), (key(3, "Help"), key(4, "Desk")), (service("D"),))


def test_on_its_own_model_a_profile_is_shown_as_it_is() -> None:
    effective = effective_configuration(BIG, PROFILE, DEFAULT)
    assert effective.lines == LINES
    assert effective.buttons == PROFILE.buttons
    assert effective.services == (EM,)
    assert (effective.locale, effective.dnd, effective.profile, effective.dropped) == ("zh", True, "EM_alice", ())


def test_a_smaller_model_gets_lines_in_order_up_to_its_own_and_says_what_was_dropped() -> None:
    effective = effective_configuration(SMALL, PROFILE, DEFAULT)
    assert [each.number for each in effective.lines] == ["1001", "1011"]
    assert effective.dropped == ("line 3: 1021", "key 5: Erin")


def test_what_a_profile_of_another_model_does_not_have_comes_from_the_phones_default_profile() -> None:
    effective = effective_configuration(SMALL, PROFILE, DEFAULT)
    assert [(each.position, each.label) for each in effective.buttons] == [(3, "Help"), (4, "Chen")]
    assert [each.name for each in effective.services] == ["Extension Mobility", "D"]


def test_a_profile_of_another_model_without_a_default_profile_stands_alone() -> None:
    effective = effective_configuration(SMALL, PROFILE, None)
    assert [each.label for each in effective.buttons] == ["Chen"]
    assert effective.services == (EM,)


def test_a_line_takes_its_key_from_a_button_on_the_same_key() -> None:
    profile = replace(PROFILE, buttons=(key(2, "Chen"), key(6, "Erin")))
    effective = effective_configuration(BIG, profile, None)
    assert [each.label for each in effective.buttons] == ["Erin"]
    assert effective.dropped == ("key 2: Chen",)


def test_an_intercom_line_shows_only_on_its_own_phone() -> None:
    intercom = line(2, "8001", 6, is_intercom=True, default_phone=BIG.device)
    profile = replace(PROFILE, lines=(line(1, "1001"), intercom))
    at_home = effective_configuration(BIG, profile, None)
    elsewhere = effective_configuration(replace(BIG, device="SEP0011AA220009"), profile, None)
    nowhere = replace(profile, lines=(line(1, "1001"), replace(intercom, default_phone=None)))
    assert [each.number for each in at_home.lines] == ["1001", "8001"]
    assert [each.number for each in elsewhere.lines] == ["1001"]
    assert elsewhere.dropped == ()
    assert [each.number for each in effective_configuration(BIG, nowhere, None).lines] == ["1001"]


def test_enterprise_services_are_on_every_phone_and_none_is_listed_twice() -> None:
    effective = effective_configuration(BIG, PROFILE, None, (service("News"), EM))
    assert [each.name for each in effective.services] == ["Extension Mobility", "News"]


@pytest.mark.parametrize(
    ("of_profile", "of_user", "of_phone", "shown"),
    [("zh", "ko", "en", "zh"), ("", "ko", "zh", "ko"), ("", "", "zh", "zh"), ("", "", "", "en")],
)
def test_the_locale_is_the_profiles_else_the_users_else_the_phones(
    of_profile: str, of_user: str, of_phone: str, shown: str
) -> None:
    phone = replace(BIG, own_locale=of_phone, user_locale=of_user)
    assert effective_configuration(phone, replace(PROFILE, locale=of_profile), None).locale == shown


def test_the_same_content_has_the_same_stamp_whatever_the_version() -> None:
    stamp = effective_configuration(BIG, PROFILE, DEFAULT).stamp
    assert effective_configuration(replace(BIG, version=99), PROFILE, DEFAULT).stamp == stamp
    assert effective_configuration(BIG, replace(PROFILE, lines=LINES[::-1]), DEFAULT).stamp == stamp


@pytest.mark.parametrize(
    "profile",
    [
        replace(PROFILE, dnd=False),
        replace(PROFILE, locale="ko"),
        replace(PROFILE, name="EM_bob"),
        replace(PROFILE, lines=LINES[:2]),
        replace(PROFILE, buttons=PROFILE.buttons[:1]),
        replace(PROFILE, services=()),
    ],
)
def test_other_content_has_another_stamp(profile: ProfileContent) -> None:
    assert effective_configuration(BIG, profile, None).stamp != effective_configuration(BIG, PROFILE, None).stamp


@pytest.mark.parametrize(
    ("of_profile", "of_default", "uses"),
    [("on", None, True), ("off", "on", False), ("default", "on", True), ("default", "off", False),
     ("default", "default", False), ("default", None, False)],
)  # fmt: skip
def test_the_prime_line_is_the_profiles_choice_else_the_models_default_profiles(
    of_profile: str, of_default: str | None, uses: bool
) -> None:
    profile = replace(PROFILE, prime_line=of_profile)
    default = replace(DEFAULT, prime_line=of_default) if of_default else None
    assert effective_configuration(BIG, profile, default).prime_line is uses
