"""Who may do what: the help desk unlocks, resets PINs and logs out, and changes nothing else (AD-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from roamline.kernel.secret import Secret
from roamline.rooms.directory import store
from roamline.rooms.directory.authentication import Verdict, check_pin
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import account, signed_in
from tests.doors.admin_web.test_in_use import log_in


def deed(client: Client, noun: Any, deed_name: str, **values: Any) -> Any:
    """Do something with a noun."""
    return client.post(pages.address_of(noun).replace("/change/", f"/{deed_name}/"), values)


def locked(user_id: str) -> Account:
    """Lock an account."""
    Account.objects.filter(user_id=user_id).update(locked_until=timezone.now() + timedelta(minutes=20))
    return Account.objects.get(user_id=user_id)


@pytest.mark.proves("AD-1")
def test_the_help_desk_unlocks(small_site: Any, dana: Client) -> None:
    locked("alice")
    page = pages.text_of(dana.get(pages.address_of(small_site.alice)))
    assert "Locked until" in page
    assert "Unlock" in page
    assert deed(dana, small_site.alice, "unlock").status_code == 302
    assert Account.objects.get(user_id="alice").locked_until is None
    entry = AuditEntry.objects.get(action="account.unlocked")
    assert (entry.actor, entry.user_id, entry.way, entry.source) == ("dana", "alice", "administrator", "127.0.0.1")


@pytest.mark.proves("AD-1")
def test_the_help_desk_resets_a_pin_which_the_user_must_then_change(small_site: Any, dana: Client) -> None:
    response = deed(dana, small_site.alice, "reset-pin", pin="90817", pin_again="90817", must_change="on")
    assert response.status_code == 302
    assert check_pin(store.by_user_id("alice"), Secret("90817"), timezone.now()).verdict is Verdict.RIGHT
    assert Account.objects.get(user_id="alice").pin_must_change
    entry = AuditEntry.objects.get(action="pin.set")
    assert (entry.actor, entry.user_id, entry.source) == ("dana", "alice", "127.0.0.1")
    assert "90817" not in str(entry.details)


def test_a_pin_that_the_policy_refuses_is_refused_at_the_field(small_site: Any, dana: Client) -> None:
    for pin, again, said in (
        ("12345", "12345", "too easy to guess"),
        ("90817", "90818", "The two PINs differ"),
        ("9081", "9081", "5 to 16 digits"),
    ):
        text = pages.text_of(deed(dana, small_site.alice, "reset-pin", pin=pin, pin_again=again))
        assert said in text
    assert Account.objects.get(user_id="alice").pin_verifier == ""


@pytest.mark.proves("AD-1")
def test_the_help_desk_logs_out_phones_users_and_sessions(small_site: Any, dana: Client) -> None:
    phone = log_in(small_site)
    assert deed(dana, phone, "log-out").status_code == 302
    log_in(small_site)
    assert deed(dana, small_site.alice, "log-out").status_code == 302
    log_in(small_site)
    assert deed(dana, LoginSession.objects.get(ended_at__isnull=True), "log-out").status_code == 302
    log_in(small_site)
    pages.confirm(dana, pages.choose(dana, Phone, "log_out_selected", [phone]))
    assert not LoginSession.objects.filter(ended_at__isnull=True).exists()
    ended = AuditEntry.objects.filter(action="em.logout")
    assert {(entry.actor, entry.way, entry.source) for entry in ended} == {("dana", "administrator", "127.0.0.1")}
    assert ended.count() == 4


@pytest.mark.proves("AD-1")
def test_the_help_desk_does_nothing_else(small_site: Any, dana: Client) -> None:
    phone = small_site.phone(3)
    for name in ("log-in", "restart", "reset", "token", "subscribe"):
        assert deed(dana, phone, name, user=small_site.alice.pk).status_code == 403
        assert dana.get(pages.address_of(phone).replace("/change/", f"/{name}/")).status_code == 403
    assert deed(dana, small_site.profile, "copy", name="EM_copy").status_code == 403
    assert dana.get(pages.list_of(AuditEntry)).status_code == 403
    assert dana.get(pages.address_of(small_site.alice, "history")).status_code == 403
    assert dana.post("/admin/services/", {"service": "Cisco Tftp", "deed": "stop", "node": "node1"}).status_code == 403
    assert dana.post("/admin/parameters/parametervalue/service/", {}).status_code == 403
    text = pages.text_of(dana.get(pages.address_of(phone)))
    assert "Log in as" not in text
    assert "Device token" in text  # the state says whether there is one
    assert "/token/" not in dana.get(pages.address_of(phone)).content.decode()
    phone.refresh_from_db()
    assert (phone.configuration_version, phone.token_hash) == (1, "")


def test_who_may_only_look_cannot_do_what_the_help_desk_can(small_site: Any, reader: Client) -> None:
    locked("alice")
    phone = log_in(small_site)
    for noun, name in ((small_site.alice, "unlock"), (small_site.alice, "reset-pin"), (phone, "log-out")):
        assert deed(reader, noun, name).status_code == 403
    reader.post(pages.list_of(Phone), {"action": "log_out_selected", "_selected_action": [phone.pk]})
    assert LoginSession.objects.filter(ended_at__isnull=True).exists()
    assert reader.get(pages.list_of(AuditEntry)).status_code == 200


@pytest.mark.parametrize("model", [LoginSession, AuditEntry, Deadline, Effect])
def test_records_are_only_looked_at_even_by_administrators(model: Any, small_site: Any, admin: Client) -> None:
    log_in(small_site)
    assert admin.get(pages.list_of(model)).status_code == 200
    assert admin.get(pages.add_to(model)).status_code == 403
    row = model.objects.first()
    if row is not None:
        assert admin.get(pages.address_of(row)).status_code == 200
        assert admin.post(pages.address_of(row), {"kind": "x"}).status_code == 403
        assert admin.post(pages.address_of(row, "delete"), {"post": "yes"}).status_code == 403


def test_an_end_user_without_a_role_sees_nothing(small_site: Any) -> None:
    response = signed_in("alice").get(pages.list_of(Phone))
    assert response.status_code == 302
    assert "/admin/login/" in response.url


def test_a_role_that_is_taken_away_is_gone_with_the_next_page(small_site: Any) -> None:
    helper = account("helper", "Standard Help Desk")
    client = signed_in("helper")
    assert client.get(pages.list_of(Phone)).status_code == 200
    helper.memberships.all().delete()
    assert client.get(pages.list_of(Phone)).status_code == 302
    assert Session.objects.exists()


def test_the_navigation_shows_only_what_one_may_see(small_site: Any, dana: Client, admin: Client) -> None:
    assert "Audit trail" in pages.text_of(admin.get("/admin/"))
    assert "Audit trail" not in pages.text_of(dana.get("/admin/"))
