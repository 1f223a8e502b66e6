"""What administrators of the field look for: groups filled from a list, locks, call backs, why a phone registered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from roamline.doors.admin_web.pages import parameter_words
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import store
from roamline.rooms.directory.authentication import Verdict, check_pin
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.directory.rules.roles import SUPER_USERS
from roamline.rooms.features.models import CallBack
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters.rules import REGISTRY
from roamline.rooms.phones import addresses
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW


@pytest.mark.proves("EM-10")
def test_end_users_are_found_ticked_and_added_to_a_group(small_site: Any, admin: Client, reader: Client) -> None:
    group = AccessControlGroup.objects.get(name=SUPER_USERS)
    assert "Add end users to group" in pages.text_of(admin.get(pages.address_of(group)))
    address = f"/admin/directory/accesscontrolgroup/{group.pk}/add-users/"
    everybody, some = (pages.text_of(admin.get(address, {"text": text})) for text in ("", "ali"))
    assert "alice" in everybody
    assert "dana" in everybody
    assert "alice" in some
    assert "dana" not in some
    keys = [Account.objects.get(user_id=name).pk for name in ("alice", "admin")]
    assert "Added to the group: alice" in pages.messages_of(admin, admin.post(address, {"user": [*keys, "x"]}))
    assert [each.user_id for each in group.accounts.all()] == ["alice"]
    assert AuditEntry.objects.filter(action="group.joined", user_id="alice", actor="admin").count() == 1
    assert reader.post(address, {"user": keys}).status_code == 403


@pytest.mark.proves("EM-4")
def test_an_administrator_locks_a_user_and_unlocks_them_again(small_site: Any, admin: Client) -> None:
    directory.set_pin(small_site.alice, Secret("27182"), actor="test", now=NOW)
    page = pages.address_of(small_site.alice)

    def verdict() -> Verdict:
        return check_pin(store.by_user_id("alice"), Secret("27182"), timezone.now()).verdict

    admin.post(page.replace("change/", "lock/"))
    assert verdict() is Verdict.LOCKED
    assert "Locked until somebody unlocks it" in pages.text_of(admin.get(page))
    admin.post(page.replace("change/", "unlock/"))
    assert verdict() is Verdict.RIGHT


def test_a_call_back_is_listed_and_cancelled(small_site: Any, admin: Client) -> None:
    phone, number, now = small_site.phone(1), small_site.routing.number("1001"), timezone.now()
    made = CallBack.objects.create(
        phone=phone, line="1901", number=number, waits_for=CallBack.IDLE, asked_at=now,
        expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    listed = pages.text_of(admin.get(pages.list_of(CallBack)))
    assert phone.name in listed
    assert "busy" in listed
    asked = pages.choose(admin, CallBack, "cancel_selected", [made])
    assert f"{phone.name} is not called back by 1001" in pages.text_of(asked)
    assert "Call backs cancelled: 1" in pages.messages_of(admin, pages.confirm(admin, asked))
    assert not CallBack.objects.exists()
    assert AuditEntry.objects.filter(action="call_back.cancelled", actor="admin").count() == 1


@pytest.mark.proves("EM-11")
def test_a_phones_page_says_why_it_registered(small_site: Any, admin: Client) -> None:
    phone, reason = small_site.phone(1), "SIP;cause=200;text='cisco-alarm:25 Name=SEP0011AA220001 Last=reset-restart'"
    addresses.registered(phone.name, "192.0.2.1", NOW, reason)
    addresses.registered(phone.name, "192.0.2.1", NOW + timedelta(hours=1))
    said = pages.text_of(admin.get(pages.address_of(phone)))
    assert "Reason of the last REGISTER" in said
    assert "Last=reset-restart" in said
    addresses.registered(phone.name, "192.0.2.1", NOW + timedelta(hours=2), "Last=phone-reg-rej")
    said = pages.text_of(admin.get(pages.address_of(phone)))
    assert "Last=phone-reg-rej" in said
    assert "Last=reset-restart" not in said
    assert addresses.address_of(phone.name) == "192.0.2.1"


def test_every_parameter_and_choice_can_be_translated_and_keeps_its_english_name(
    small_site: Any, admin: Client
) -> None:
    assert {each.name for each in REGISTRY.values()} == set(parameter_words.NAMES)
    choices = {choice for each in REGISTRY.values() for choice in each.choices}
    named = {choice for choice in choices if not re.match(r"\d+ kbps ", choice)}  # a codec is called so everywhere
    assert named == set(parameter_words.CHOICES)
    with translation.override("ko"):
        name = translation.gettext("Multiple Login Behavior")
    page = pages.text_of(admin.get("/admin/parameters/parametervalue/service/", headers={"accept-language": "ko"}))
    assert name in page
    assert "Multiple Login Behavior" in page


def test_the_overview_says_how_the_cluster_stands_to_others(small_site: Any, admin: Client) -> None:
    assert "ILS: this cluster stands alone" in pages.text_of(admin.get("/admin/"))
