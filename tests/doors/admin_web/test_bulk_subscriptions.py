"""Many phones and device profiles are subscribed to services at once, from the lists and the command line (EM-5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.processes import cli
from roamline.rooms.ledger.models import AuditEntry, Effect
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import DeviceProfile, Phone, PhoneService
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in
from tests.doors.admin_web.test_phone_page import version_of


def subscribe(client: Client, chosen: list[Any], query: str = "", **more: Any) -> Any:
    """Choose the action for rows of a list, answer its question, and confirm what it says will follow."""
    if "subscribe" in more:
        more = {"confirmed": 1, **more}
    values = {"action": "subscribe_selected", "_selected_action": [each.pk for each in chosen], "index": 0}
    return client.post(pages.list_of(type(chosen[0])) + query, {**values, **more})


def services_of(profile: DeviceProfile) -> set[str]:
    return set(profile.services.values_list("name", flat=True))


@pytest.fixture
def news(db: None) -> PhoneService:
    return PhoneService.objects.create(name="News", url="http://192.0.2.1/news")


@pytest.mark.proves("EM-5")
def test_selected_phones_are_asked_about_then_changed_told_and_audited(
    small_site: Any, admin: Client, news: PhoneService
) -> None:
    (em,) = small_site.routing.services
    phones = [small_site.phone(1), small_site.phone(4)]  # the second has no service yet
    asked = subscribe(admin, phones)
    assert "2 are selected: SEP0011AA220001, SEP0011AA220004" in pages.text_of(asked)
    assert "Choose at least one" in pages.text_of(subscribe(admin, phones, subscribe=1))
    both = subscribe(admin, phones, subscribe=1, add=[news.pk], remove=[news.pk])
    assert "Subscribe to it or unsubscribe from it: News" in pages.text_of(both)
    before = [version_of(phone) for phone in phones]
    foreseen = subscribe(admin, phones, subscribe=1, add=[news.pk], remove=[em.pk], confirmed="")
    said = pages.text_of(foreseen)
    assert "What changes: 2 of 2." in said
    assert "Phones that fetch their configuration anew: 2." in said
    assert services_of(phones[0].own_profile) == {"Extension Mobility"}
    done = subscribe(admin, phones, subscribe=1, add=[news.pk], remove=[em.pk])
    assert "Changed: 2 of 2. Phones that fetch their configuration anew: 2." in pages.messages_of(admin, done)
    for phone, version in zip(phones, before, strict=True):
        assert services_of(phone.own_profile) == {"News"}
        assert version_of(phone) == version + 1
    entry = AuditEntry.objects.get(action="phone.changed", device="SEP0011AA220001")
    assert entry.details["changes"] == {"services": {"before": ["Extension Mobility"], "after": ["News"]}}
    assert (entry.actor, entry.way) == ("admin", "administrator")
    again = subscribe(admin, phones, subscribe=1, add=[news.pk])
    assert "Changed: 0 of 2" in pages.messages_of(admin, again)


@pytest.mark.proves("EM-5")
def test_all_profiles_that_a_filter_finds_are_changed_and_sessions_stay(
    small_site: Any, admin: Client, news: PhoneService
) -> None:
    phone = log_in(small_site)
    other = DeviceProfile.objects.create(name="EM_other", model=small_site.profile.model)
    default = DeviceProfile.objects.get(kind=DeviceProfile.DEFAULT)
    done = subscribe(admin, [small_site.profile], "?kind__exact=user", select_across="1", subscribe=1, add=[news.pk])
    assert "Changed: 2 of 2. Phones that fetch their configuration anew: 1." in pages.messages_of(admin, done)
    assert "News" in services_of(other)
    assert "News" not in services_of(default)
    assert LoginSession.objects.get(phone=phone).ended_at is None
    assert Effect.objects.get(kind="phone.reconfigure", subject=phone.name).version == version_of(phone)


def test_who_may_only_look_or_help_changes_nothing(
    small_site: Any, dana: Client, reader: Client, news: PhoneService
) -> None:
    for client in (dana, reader):
        subscribe(client, [small_site.phone(1)], subscribe=1, add=[news.pk])
    assert not news.profiles.exists()


@pytest.mark.proves("EM-5")
def test_the_command_line_subscribes_and_unsubscribes_by_name_pool_or_all(
    small_site: Any, news: PhoneService, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["subscribe", "News", "sep0011aa220001", "EM_alice"]) == 0
    assert "1 phones and 1 profiles changed; 1 phones fetch" in capsys.readouterr().out
    for wrong in (["Nothing", "EM_alice"], ["News", "EM_nobody"], ["News", "--all-phones", "--pool", "Nowhere"]):
        assert cli.main(["subscribe", *wrong]) == 1
    assert "there is no Nowhere" in capsys.readouterr().err
    assert cli.main(["subscribe", "News", "--all-phones", "--pool", "Lobby", "--all-profiles"]) == 0
    subscribed = set(Phone.objects.filter(own_profile__services=news).values_list("device_pool__name", flat=True))
    assert subscribed == {"Lobby"}
    assert cli.main(["unsubscribe", "News", "--all-phones", "--all-profiles"]) == 0
    assert not news.profiles.exists()
    assert AuditEntry.objects.filter(action="phone.changed", way="command line").exists()
