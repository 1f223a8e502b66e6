"""Unknown phones that asked for their configuration: seen, forgotten, added with one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import administration, asked
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Phone, PhoneThatAsked
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW

NAME = "SEP00AABBCCDD01"
PAGE, FORGET, ADD = (
    "/admin/phones-that-asked/",
    "/admin/phones-that-asked/forget/",
    f"/admin/phones-that-asked/{NAME}/add/",
)


@pytest.fixture(autouse=True)
def stranger(small_site: Any) -> None:
    """A phone that nobody knows asked twice."""
    asked.note(NAME, "10.0.0.7", NOW)
    asked.note(NAME, "10.0.0.8", NOW + timedelta(minutes=5))


def answers(site: Any, **others: Any) -> dict[str, Any]:
    """A filled-in form."""
    return {"model": site.routing.models["Cisco 8851"].pk, "device_pool": site.phone(1).device_pool.pk, **others}


@pytest.mark.proves("EM-13")
def test_the_list_says_who_asked_from_where_when_and_how_often(admin: Client) -> None:
    text = pages.text_of(admin.get(PAGE))
    assert f"{NAME} 10.0.0.8 March 2, 2026, 9 a.m. March 2, 2026, 9:05 a.m. 2" in text


@pytest.mark.proves("EM-13")
def test_a_phone_is_added_with_one_click_and_its_page_follows(small_site: Any, admin: Client) -> None:
    assert f'href="{ADD}"' in admin.get(PAGE).content.decode()
    response = pages.send(admin, ADD, answers(small_site, em_enabled="on"))
    phone = Phone.objects.get(name=NAME)
    assert response.url == pages.address_of(phone)
    assert (phone.model.name, phone.em_enabled) == ("Cisco 8851", True)
    assert list(phone.own_profile.services.all()) == administration.extension_mobility_services() != []
    text = pages.messages_of(admin, response)
    assert f"{NAME} is added" in text
    assert "No EM service after log-out" not in text
    assert not PhoneThatAsked.objects.exists()
    assert NAME not in pages.text_of(admin.get(PAGE))
    entry = AuditEntry.objects.get(action="phone.added", device=NAME)
    assert (entry.actor, entry.way, entry.source) == ("admin", "administrator", "127.0.0.1")


def test_without_extension_mobility_the_phone_has_no_log_in_service(small_site: Any, admin: Client) -> None:
    pages.send(admin, ADD, answers(small_site), without=("em_enabled",))
    phone = Phone.objects.get(name=NAME)
    assert not phone.em_enabled
    assert not phone.own_profile.services.exists()


def test_what_is_missing_is_asked_for_and_nothing_is_added(small_site: Any, admin: Client) -> None:
    response = pages.send(admin, ADD, answers(small_site, model=""))
    assert "This field is required" in pages.text_of(response)
    assert pages.form_values(response)["device_pool"] == str(small_site.phone(1).device_pool.pk)
    assert not Phone.objects.filter(name=NAME).exists()
    assert PhoneThatAsked.objects.exists()


def test_a_phone_whose_settings_name_is_taken_is_refused_and_stays_on_the_list(small_site: Any, admin: Client) -> None:
    small_site.profile.name = phones.own_profile_name(NAME)
    small_site.profile.save()
    response = pages.send(admin, ADD, answers(small_site))
    assert "already exists" in pages.text_of(response)
    assert not Phone.objects.filter(name=NAME).exists()
    assert PhoneThatAsked.objects.exists()


def test_a_phone_that_somebody_else_added_meanwhile_leads_to_its_page(small_site: Any, admin: Client) -> None:
    form = pages.open_form(admin, ADD)
    phone = phones.add_phone(
        name=NAME, model=small_site.routing.models["Cisco 8851"], device_pool=small_site.phone(1).device_pool,
        actor="other", now=NOW,
    )  # fmt: skip
    response: Any = admin.post(ADD, {**form, **answers(small_site)})
    assert response.url == pages.address_of(phone)
    assert "is there already" in pages.messages_of(admin, response)


def test_only_phones_that_asked_are_added_here(admin: Client) -> None:
    assert admin.get(ADD.replace("01", "99")).status_code == 404


@pytest.mark.proves("EM-13")
def test_a_forgotten_phone_is_off_the_list_until_it_asks_again(admin: Client) -> None:
    assert "is forgotten" in pages.messages_of(admin, admin.post(FORGET, {"name": NAME}))
    assert NAME not in pages.text_of(admin.get(PAGE))
    assert AuditEntry.objects.get(action="phone_that_asked.forgotten").actor == "admin"
    assert "not on the list any more" in pages.messages_of(admin, admin.post(FORGET, {"name": NAME}))
    asked.note(NAME, "10.0.0.7", NOW + timedelta(hours=1))
    assert NAME in pages.text_of(admin.get(PAGE))


def test_looking_at_the_address_forgets_nobody(admin: Client) -> None:
    assert admin.get(FORGET).status_code == 302
    assert PhoneThatAsked.objects.exists()


def test_who_may_only_look_sees_the_list_and_changes_nothing(small_site: Any, reader: Client) -> None:
    page = reader.get(PAGE)
    assert NAME in pages.text_of(page)
    assert ADD not in page.content.decode()
    assert reader.get(ADD).status_code == 403
    assert reader.post(ADD, answers(small_site)).status_code == 403
    assert reader.post(FORGET, {"name": NAME}).status_code == 403
    assert PhoneThatAsked.objects.exists()
