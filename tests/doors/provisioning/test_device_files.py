"""What stands in a phone's file, and that it is rendered anew when, and only when, something it says has changed."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from lxml import etree

from roamline.doors.provisioning import device_files
from roamline.doors.provisioning.freshness import facts_of, quick_reader
from roamline.doors.provisioning.rendered import RenderedFiles
from roamline.kernel.secret import Secret
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LoggedIn, LoggedOut, LogIn, Way
from roamline.rooms.phones.models import Button, DevicePool, DeviceProfile, Line, Phone, PhoneModel, PhoneService
from roamline.wires.cnf_xml import differing_elements, version_stamp_of
from tests.doors.provisioning.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

LOBBY = "SEP0011AA220001"
PHONE = By("", Way.PHONE, "127.0.0.1")


def file_of(device: str = LOBBY) -> bytes:
    content = device_files.render(device)
    assert content is not None
    return content


def texts(content: bytes, path: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(content).findall(path)]


def log_in(device: str, user: str, pin: str, **more: Any) -> None:
    outcome = mobility.log_in(LogIn(device=device, identifier=user, pin=Secret(pin), **more), PHONE, NOW)
    assert isinstance(outcome, LoggedIn)


def log_out(device: str) -> None:
    assert isinstance(mobility.log_out(device, PHONE, NOW), LoggedOut)


def test_before_and_after_a_session_a_file_differs_in_nothing_but_its_secret_and_stamp() -> None:
    before = file_of()
    log_in(LOBBY, "alice", "27182")
    log_out(LOBBY)
    after = file_of()
    assert differing_elements(before, after) == {
        "device/sipProfile/sipLines/line/authPassword",
        "device/versionStamp",
    }


def test_during_a_session_a_file_has_the_profiles_lines_keys_label_and_nothing_else_is_changed() -> None:
    before = file_of()
    log_in(LOBBY, "alice", "27182")
    during = file_of()
    assert texts(during, "sipProfile/sipLines/line/name") == ["1001", "8001"]
    assert texts(during, "sipProfile/sipLines/line/featureLabel") == [
        "1001", "Chen", "Erin", "Lobby", "Bob", "Intercom",
    ]  # fmt: skip
    assert texts(during, "sipProfile/phoneLabel") == ["Alice Archer"]
    changed = {
        path for path in differing_elements(before, during) if "/sipLines" not in path and "/phoneServices" not in path
    }
    assert changed == {"device/MissedCallLoggingOption", "device/sipProfile/phoneLabel", "device/versionStamp"}


def test_all_lines_of_a_phone_carry_the_one_credential_of_the_device() -> None:
    log_in(LOBBY, "chen", "16180", profile="EM_chen_desk")
    content = file_of()
    assert texts(content, "sipProfile/sipLines/line/name") == ["1003", "1013"]
    assert texts(content, "sipProfile/sipLines/line/authName") == [LOBBY, LOBBY]
    assert len(set(texts(content, "sipProfile/sipLines/line/authPassword"))) == 1


def test_a_chinese_user_gets_a_chinese_phone() -> None:
    log_in(LOBBY, "chen", "16180", profile="EM_chen_desk")
    assert texts(file_of(), "userLocale/langCode") == ["zh_CN"]


def test_the_same_content_is_the_same_bytes() -> None:
    assert file_of() == file_of()
    assert version_stamp_of(file_of()) == version_stamp_of(file_of())


def test_software_phones_have_no_file() -> None:
    assert device_files.render("SEP0011AA220006") is None


@pytest.mark.proves("EM-2")
def test_the_extension_mobility_service_is_in_the_menu_with_its_placeholder_untouched() -> None:
    urls = texts(file_of(), "phoneServices/phoneService/url")
    assert [url for url in urls if url.endswith("/emapp/EMAppServlet?device=#DEVICENAME#")] == urls[:1]


@pytest.mark.proves("EM-12")
def test_the_time_zone_of_the_device_pool_is_said_in_the_phones_own_words() -> None:
    DevicePool.objects.filter(name="Lobby").update(time_zone="Europe/Berlin")
    assert texts(file_of(), "devicePool/dateTimeSetting/timeZone") == ["W. Europe Standard/Daylight Time"]


@pytest.mark.proves("EM-12")
def test_sip_servers_come_from_the_device_pool_in_order() -> None:
    servers = ["sip1.example:5062", "[2001:db8::7]:5060", "nonsense", "10.0.0.9:5064"]
    DevicePool.objects.filter(name="Lobby").update(sip_servers=servers)
    manager = "devicePool/callManagerGroup/members/member/callManager"
    assert texts(file_of(), f"{manager}/processNodeName") == ["sip1.example", "2001:db8::7", "10.0.0.9"]
    assert texts(file_of(), f"{manager}/ports/sipPort") == ["5062", "5060", "5064"]


def test_two_lines_that_claim_one_key_both_get_one() -> None:
    log_in(LOBBY, "chen", "16180", profile="EM_chen_desk")
    Line.objects.filter(profile__name="EM_chen_desk").update(button=1)
    root = etree.fromstring(file_of())
    assert [line.get("button") for line in root.iterfind("sipProfile/sipLines/line")] == ["1", "2"]


def test_a_key_that_leads_nowhere_is_left_out() -> None:
    Button.objects.create(profile=Phone.objects.get(name=LOBBY).own_profile, position=3, kind="speed_dial", label="?")
    assert len(texts(file_of(), "sipProfile/sipLines/line")) == 1


# -- freshness ---------------------------------------------------------------------------------------------------------


def test_expansion_modules_are_those_of_the_phone_and_give_it_their_keys() -> None:
    own = Phone.objects.get(name=LOBBY).own_profile
    own.expansion_module, own.expansion_modules = "BEKEM", 2
    own.save()
    Button.objects.create(profile=own, position=46, kind="speed_dial", label="Far", number="1003")
    content = file_of()
    assert texts(content, "addOnModules/addOnModule/deviceType") == ["BEKEM", "BEKEM"]
    assert "Far" in texts(content, "sipProfile/sipLines/line/featureLabel")


def test_the_prime_line_of_the_profile_is_in_the_file_while_its_user_is_logged_in() -> None:
    DeviceProfile.objects.filter(name="EM_alice").update(always_use_prime_line="on")
    assert texts(file_of(), "sipProfile/alwaysUsePrimeLine") == ["false"]
    log_in(LOBBY, "alice", "27182")
    assert texts(file_of(), "sipProfile/alwaysUsePrimeLine") == ["true"]
    log_out(LOBBY)
    assert texts(file_of(), "sipProfile/alwaysUsePrimeLine") == ["false"]


def counted() -> tuple[RenderedFiles, list[str]]:
    rendered: list[str] = []

    def render(device: str) -> bytes | None:
        rendered.append(device)
        return device_files.render(device)

    return RenderedFiles(render=render), rendered


def test_a_file_is_rendered_once_until_something_changes() -> None:
    files, rendered = counted()
    first = files.file_of(LOBBY)
    assert files.file_of(LOBBY) is first
    log_in(LOBBY, "alice", "27182")
    assert files.file_of(LOBBY) != first
    assert len(rendered) == 2


def test_only_the_latest_fetched_files_are_kept() -> None:
    rendered: list[str] = []

    def render(device: str) -> bytes:
        rendered.append(device)
        return device.encode()

    files = RenderedFiles(facts=lambda device: "same", render=render, most=2)
    for device in ("a", "b", "a", "c", "a", "b"):
        assert files.file_of(device) == device.encode()
    assert rendered == ["a", "b", "c", "b"]


def test_a_file_that_changed_while_it_was_rendered_is_not_kept() -> None:
    facts = iter(["one", "two", "two", "two"])
    contents = iter([b"first", b"second"])
    files = RenderedFiles(facts=lambda device: next(facts), render=lambda device: next(contents))
    assert [files.file_of("a"), files.file_of("a")] == [b"first", b"second"]


def test_every_field_that_changes_a_file_is_seen_without_rendering_it() -> None:
    """For each field of everything near a phone: when a new value changes the file, it changes the facts too."""
    log_in(LOBBY, "alice", "27182")
    phone = Phone.objects.select_related("model", "device_pool", "own_profile", "current_profile").get(name=LOBBY)
    default = DeviceProfile.objects.create(name="Default_8851", kind=DeviceProfile.DEFAULT, model=phone.model)
    other = PhoneModel.objects.get(name="Cisco 7841")
    service = PhoneService.objects.get(name="Extension Mobility")
    Button.objects.create(profile=phone.current_profile, position=7, kind="service", label="EM", service=service)
    Button.objects.create(profile=default, position=8, kind="speed_dial", label="Default", number="1901")
    session = phone.login_sessions.get(ended_at=None)
    nouns = [
        phone, phone.model, phone.device_pool, phone.own_profile, phone.current_profile, default, session.account,
        service, *phone.current_profile.lines.all(), *phone.current_profile.buttons.all(), *default.buttons.all(),
        *(line.directory_number for line in phone.current_profile.lines.all()),
    ]  # fmt: skip
    DeviceProfile.objects.filter(pk=phone.current_profile_id).update(model=other)
    unseen, seen = [], 0
    for noun in nouns:
        for field in noun._meta.concrete_fields:
            if field.primary_key or field.is_relation or field.name in ("uuid", "folded_name"):
                continue
            table, before, facts = (
                type(noun)._default_manager.filter(pk=noun.pk),
                device_files.render(LOBBY),
                facts_of(LOBBY),
            )
            old = table.values_list(field.attname, flat=True)[0]
            for new in other_values(field, old):
                with contextlib.suppress(IntegrityError), transaction.atomic():
                    table.update(**{field.attname: new})
                if device_files.render(LOBBY) != before:
                    seen += 1
                    unseen += [f"{type(noun).__name__}.{field.name}"] if facts_of(LOBBY) == facts else []
            table.update(**{field.attname: old})
    assert unseen == []
    assert seen > 30


def other_values(field: Any, old: Any) -> list[Any]:
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return [old + 1, 3]
    if field.choices:
        return [value for value, _label in field.choices if value != old]
    if isinstance(old, list):
        return [["192.0.2.1:5060"]]
    return ["77"] if isinstance(old, str) else []


@pytest.mark.django_db(transaction=True)
def test_the_servers_own_reader_sees_every_commit_of_others() -> None:
    reader = quick_reader()
    if reader is None:
        pytest.skip("PostgreSQL is asked by ordinary threads")
    for description in ("one", "two", "three"):
        Phone.objects.filter(name=LOBBY).update(description=description)
        assert f"{LOBBY}{description}" in reader(LOBBY)
        assert reader(LOBBY) == facts_of(LOBBY)
    assert reader("SEP000000000000") == ""
