"""Headsets in the administration: on the user's page, in the inventory, on the phone's page; Apply config."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roamline.rooms.directory import service as directory
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Association, Headset, Skip
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW

PROMPT_NONE = "Do not prompt user to initiate Headset Association from all devices"


def serials_of(user_id: str) -> list[str]:
    found = Association.objects.filter(account__user_id=user_id).order_by("slot")
    return list(found.values_list("headset__serial", flat=True))


def with_rows(*serials: str) -> dict[str, Any]:
    rows: dict[str, Any] = {"headsets-TOTAL_FORMS": str(len(serials))}
    for number, serial in enumerate(serials):
        rows |= {f"headsets-{number}-serial": serial, f"headsets-{number}-id": ""}
    return rows


def associate(serial: str, user_id: str) -> None:
    outcome = headsets.associate(serial, user_id, actor="test", way="tests", now=NOW)
    assert isinstance(outcome, headsets.Associated)


@pytest.mark.proves("HS-1")
def test_headsets_are_added_and_taken_on_the_users_page(small_site: Any, admin: Client) -> None:
    address = pages.address_of(small_site.alice)
    assert pages.send(admin, address, with_rows(" A-1 ", "A-2")).status_code == 302
    assert serials_of("alice") == ["A-1", "A-2"]
    page = admin.get(address)
    text = pages.text_of(page)
    assert "Associated headsets" in text
    record = Headset.objects.get(serial="A-1")
    assert reverse("admin:headsets_headset_change", args=[record.pk]) in page.content.decode()
    assert pages.send(admin, address, {"headsets-0-DELETE": "on"}).status_code == 302
    assert serials_of("alice") == ["A-2"]
    actions = AuditEntry.objects.filter(user_id="alice", action__startswith="headset.").order_by("id")
    assert [entry.action for entry in actions] == [
        "headset.associated", "headset.associated", "headset.dissociated",
    ]  # fmt: skip
    assert {entry.actor for entry in actions} == {"admin"}


@pytest.mark.proves("HS-2")
def test_another_users_headset_is_refused_by_its_rule_with_the_owner(small_site: Any, admin: Client) -> None:
    directory.add_account(user_id="bob", actor="test", now=NOW)
    associate("B-1", "bob")
    address = pages.address_of(small_site.alice)
    response = admin.get(pages.send(admin, address, with_rows("A-1", "b-1")).headers["Location"])
    text = pages.text_of(response)
    assert "a headset belongs to one user" in text
    assert "(bob)" in text
    assert serials_of("alice") == []


def test_a_sixteenth_headset_is_refused(small_site: Any, admin: Client) -> None:
    for number in range(15):
        associate(f"A-{number}", "alice")
    values = {"headsets-TOTAL_FORMS": "16", "headsets-15-serial": "A-15", "headsets-15-id": ""}
    pages.send(admin, pages.address_of(small_site.alice), values)
    assert len(serials_of("alice")) == 15


@pytest.mark.proves("HS-4")
def test_the_inventory_shows_owner_and_status_and_counts_them(small_site: Any, admin: Client) -> None:
    associate("A-1", "alice")
    headsets.add_headset("X-9", actor="test", way="tests", now=NOW)
    Headset.objects.filter(serial="X-9").update(model="Headset 532")
    page = admin.get(pages.list_of(Headset))
    text = pages.text_of(page)
    for expected in ("A-1", "alice", "inactive", "X-9", "unassigned", "Headset 532", "Headsets by status"):
        assert expected in text
    assert "<meter" in page.content.decode()
    found = admin.get(pages.list_of(Headset), {"status": "unassigned"}).context["cl"].result_list
    assert [headset.serial for headset in found] == ["X-9"]


def test_the_inventory_associates_dissociates_and_clears_skips(small_site: Any, admin: Client) -> None:
    headset = headsets.add_headset("X-9", actor="test", way="tests", now=NOW)
    assert isinstance(headset, Headset)
    Skip.objects.create(phone=Phone.objects.all()[0], headset=headset, at=NOW)
    base = pages.address_of(headset).removesuffix("change/")
    pages.send(admin, f"{base}clear-skips/", {})
    assert not Skip.objects.exists()
    wrong = pages.send(admin, f"{base}associate/", {"user": "nobody"})
    assert wrong.status_code == 200
    pages.send(admin, f"{base}associate/", {"user": "alice"})
    assert serials_of("alice") == ["X-9"]
    pages.send(admin, f"{base}dissociate/", {})
    assert serials_of("alice") == []


@pytest.mark.proves("HS-15")
def test_the_phones_page_names_the_condition_that_fails(small_site: Any, admin: Client) -> None:
    old = Phone.objects.get(name="SEP0011AA220005")
    assert "the phone's firmware is too old or unknown" in pages.text_of(admin.get(pages.address_of(old)))
    good = Phone.objects.get(name="SEP0011AA220001")
    assert "Sign-in by headset possible" in pages.text_of(admin.get(pages.address_of(good)))


@pytest.mark.proves("HS-15")
def test_the_phones_page_says_why_the_owner_of_a_connected_headset_may_not_sign_in(
    small_site: Any, admin: Client
) -> None:
    phone = Phone.objects.get(name="SEP0011AA220001")
    directory.add_account(user_id="bob", actor="test", now=NOW)
    for serial, user_id in (("A-1", "alice"), ("B-1", "bob")):
        associate(serial, user_id)
        headsets.headset_connected(phone.name, headsets.Reported(serial), origin="usb", source="test", now=NOW)
    text = pages.text_of(admin.get(pages.address_of(phone)))
    assert "A-1 (alice) possible" in text
    assert "B-1 (bob) not possible: the headset's owner controls no device profile" in text


@pytest.mark.proves("HS-10")
def test_the_enterprise_page_shows_what_waits_for_apply_config(small_site: Any, admin: Client) -> None:
    address = reverse("admin:parameters", args=["enterprise"])
    pages.send(admin, address, {"Enterprise Parameters/Headset Association": PROMPT_NONE})
    assert "waiting for Apply config: Headset Association" in pages.text_of(admin.get(address))
    assert admin.post(address, {"apply_config": "1"}).status_code == 302
    assert "waiting for Apply config" not in pages.text_of(admin.get(address))
    assert parameters.now_in_force().pending() == ()


def test_who_only_looks_applies_nothing(small_site: Any, reader: Client) -> None:
    address = reverse("admin:parameters", args=["enterprise"])
    assert reader.post(address, {"apply_config": "1"}).status_code == 403
