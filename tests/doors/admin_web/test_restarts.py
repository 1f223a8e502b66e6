"""Restart, Reset and Apply config of a selection, a filter and a profile, with a warning of calls (EM-11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roamline.doors.call_control import calls_up
from roamline.doors.call_control.calls_up import CallUp
from roamline.rooms.ledger.models import Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.mobility.service import calls
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in
from tests.doors.admin_web.test_roles import deed
from tests.support.factories import NOW


@pytest.fixture
def call_up(small_site: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """The first two phones are in a call with each other."""
    monkeypatch.setattr(calls_up, "file_of", lambda _config: tmp_path / "calls.json")
    devices = tuple(small_site.phone(number).folded_name for number in (1, 2))
    calls_up.write(tmp_path / "calls.json", [CallUp("a-call", devices, 0.0)])
    monkeypatch.setattr(calls, "_calls_up", [lambda: calls_up.devices_in_calls(settings.CONFIG)])


def told(phone: Phone, kind: str = mobility.RECONFIGURE) -> bool:
    return Effect.objects.filter(kind=kind, subject=phone.name).exists()


def choose(client: Client, action: str, phones: list[Phone], **more: Any) -> Any:
    values = {"action": action, "_selected_action": [phone.pk for phone in phones], **more}
    return client.post(pages.list_of(Phone), values)


@pytest.mark.usefixtures("call_up")
def test_a_selection_is_warned_of_and_then_told(small_site: Any, admin: Client) -> None:
    chosen, other = [small_site.phone(1), small_site.phone(3)], small_site.phone(2)
    page = pages.text_of(choose(admin, "restart_selected", chosen))
    assert "This meets 2 phones. 1 call is up: these phones wait until they are idle." in page
    assert not told(chosen[0])
    choose(admin, "restart_selected", chosen, confirmed="yes")
    assert [told(phone) for phone in (*chosen, other)] == [True, True, False]


def test_all_that_a_filter_finds_are_told(small_site: Any, admin: Client) -> None:
    one, other = small_site.phone(1), small_site.phone(2)
    address = f"{pages.list_of(Phone)}?q={one.name}"
    values = {"action": "reset_selected", "_selected_action": [one.pk], "select_across": "1"}
    assert "This meets 1 phone. No call is up." in pages.text_of(admin.post(address, values))
    admin.post(address, values | {"confirmed": "yes"})
    assert Effect.objects.get(subject=one.name).payload == {"action": "reset"}
    assert not told(other)


def test_apply_config_changes_nothing_and_asks_the_phone_to_compare(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    choose(admin, "apply_selected", [phone], confirmed="yes")
    assert told(phone, mobility.APPLY_CONFIG)
    assert not told(phone)
    assert Phone.objects.get(pk=phone.pk).configuration_version == phone.configuration_version


@pytest.mark.usefixtures("call_up")
def test_one_phone_is_warned_of_too(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    assert "1 call is up" in pages.text_of(admin.get(f"{pages.address_of(phone).removesuffix('change/')}restart/"))


def test_the_phones_that_run_a_profile_are_told_from_its_page(small_site: Any, admin: Client) -> None:
    phone = log_in(small_site)
    Effect.objects.all().delete()
    deed(admin, phone.current_profile, "reset")
    assert Effect.objects.get(kind=mobility.RECONFIGURE).payload == {"action": "reset"}
    assert LoginSession.objects.filter(phone=phone, ended_at__isnull=True).exists()


def test_who_may_only_look_restarts_nothing(small_site: Any, reader: Client) -> None:
    phone = small_site.phone(1)
    choose(reader, "restart_selected", [phone], confirmed="yes")
    assert not told(phone)


@pytest.mark.proves("EM-44")
def test_an_alarm_is_on_the_start_page_in_the_list_and_on_the_phones_page(small_site: Any, admin: Client) -> None:
    phone, other = small_site.phone(1), small_site.phone(2)
    start = reverse("admin:index")
    assert "Alarms" not in pages.text_of(admin.get(start))
    PhoneAlarm.objects.create(phone=phone, version=7, since=NOW)
    assert f"the latest: {phone.name}" in pages.text_of(admin.get(start))
    listed = pages.text_of(admin.get(f"{pages.list_of(Phone)}?logged_in=alarm"))
    assert phone.name in listed
    assert other.name not in listed
    assert "did not register with version 7" in pages.text_of(admin.get(pages.address_of(phone)))
