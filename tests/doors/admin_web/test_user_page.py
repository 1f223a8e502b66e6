"""Users' pages: ids, PINs and passwords at their fields, controlled profiles in order, what is never shown (EM-4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roamline.doors.admin_web.models import ApplicationUser, EndUser
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import store
from roamline.rooms.directory.authentication import Verdict, check_password_of, check_pin
from roamline.rooms.directory.models import Account, AssociatedPhone
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones.models import DeviceProfile
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW
from tests.doors.admin_web.test_in_use import log_in


def test_an_upper_case_user_id_is_refused_with_the_reason(small_site: Any, admin: Client) -> None:
    response = pages.send(admin, pages.add_to(EndUser), {"user_id": "Frank"})
    text = pages.text_of(response)
    assert "lower case: phones refuse upper case with error 201" in text or "(lower case)" in text
    assert not Account.objects.filter(user_id__iexact="frank").exists()


def test_a_new_user_can_log_in_with_the_pin_that_was_typed(small_site: Any, admin: Client) -> None:
    values = {"user_id": "frank", "new_pin": "14142", "new_pin_again": "14142", "pin_must_change": "on"}
    assert pages.send(admin, pages.add_to(EndUser), values).status_code == 302
    assert check_pin(store.by_user_id("frank"), Secret("14142"), timezone.now()).verdict is Verdict.RIGHT
    assert Account.objects.get(user_id="frank").pin_must_change
    actions = list(AuditEntry.objects.filter(user_id="frank").values_list("action", "actor", "source"))
    assert set(actions) == {("end_user.added", "admin", "127.0.0.1"), ("pin.set", "admin", "127.0.0.1")}


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [
        ("11111", "11111", "too easy to guess"),
        ("1001", "1001", "5 to 16 digits"),
        ("abcde", "abcde", "digits only"),
        ("90817", "", "The two PINs differ"),
    ],
)
def test_a_bad_pin_is_refused_at_its_field(pin: str, again: str, said: str, small_site: Any, admin: Client) -> None:
    response = pages.send(admin, pages.address_of(small_site.alice), {"new_pin": pin, "new_pin_again": again})
    form = response.context["adminform"].form
    assert said in str(form.errors["new_pin" if again else "new_pin_again"])
    assert f'value="{pin}"' not in response.content.decode()
    assert Account.objects.get(user_id="alice").pin_verifier == ""


def test_a_password_is_set_and_a_weak_one_refused(small_site: Any, admin: Client) -> None:
    made = ApplicationUser.objects.get(user_id="admin")
    weak = pages.send(admin, pages.address_of(made), {"new_password": "password", "new_password_again": "password"})
    assert "too common" in pages.text_of(weak)
    good = {"new_password": "correct-horse-battery", "new_password_again": "correct-horse-battery"}
    assert pages.send(admin, pages.add_to(ApplicationUser), {"user_id": "program", **good}).status_code == 302
    checked = check_password_of("program", Secret(good["new_password"]), timezone.now())
    assert checked.verdict is Verdict.RIGHT
    assert good["new_password"] not in str(list(AuditEntry.objects.values()))


def test_verifiers_and_hashes_are_on_no_page_and_in_no_audit_entry(small_site: Any, admin: Client) -> None:
    directory.set_pin(small_site.alice, Secret("90817"), actor="test", now=NOW)
    directory.set_password(small_site.alice, Secret("correct-horse-battery"), actor="test", now=NOW)
    pages.send(admin, pages.address_of(small_site.alice), {"last_name": "changed"})
    alice = Account.objects.get(user_id="alice")
    page = admin.get(pages.address_of(small_site.alice)).content.decode()
    history = admin.get(pages.address_of(small_site.alice, "history")).content.decode()
    for secret in (alice.pin_verifier, alice.password):
        assert secret not in page
        assert secret not in history
        assert secret not in str(list(AuditEntry.objects.values()))


def test_controlled_profiles_change_places_and_the_default_moves(small_site: Any, admin: Client) -> None:
    other = DeviceProfile.objects.create(name="EM_other", model=small_site.profile.model)
    address = pages.address_of(small_site.alice)
    values = pages.add_row(pages.open_form(admin, address), "controlled_profiles", position="2", profile=other.pk)
    assert admin.post(address, values).status_code == 302
    values = pages.open_form(admin, address)
    values |= {"controlled_profiles-0-position": "2", "controlled_profiles-1-position": "1"}
    values |= {"controlled_profiles-1-is_default": "on"}
    assert "Only one of the controlled profiles can be the default" in pages.text_of(admin.post(address, values))
    del values["controlled_profiles-0-is_default"]
    assert admin.post(address, values).status_code == 302
    rows = small_site.alice.controlled_profiles.order_by("position")
    assert [(row.position, row.profile.name, row.is_default) for row in rows] == [
        (1, "EM_other", True), (2, "EM_alice", False),
    ]  # fmt: skip


def test_who_owns_a_phone_is_associated_with_it(small_site: Any, admin: Client) -> None:
    address = pages.address_of(small_site.alice)
    phone = small_site.phone(2)
    assert admin.post(address, pages.add_row(pages.open_form(admin, address), "owned_phones", phone=phone.pk)).url
    assert AssociatedPhone.objects.filter(phone=phone, account__user_id="alice").exists()


def test_the_page_warns_of_what_a_log_in_will_meet(small_site: Any, admin: Client) -> None:
    text = pages.text_of(admin.get(pages.address_of(small_site.alice)))
    assert "No PIN" in text
    small_site.profile.services.clear()
    text = pages.text_of(admin.get(pages.address_of(small_site.alice)))
    assert "No EM service after log-in with EM_alice" in text
    small_site.alice.controlled_profiles.all().delete()
    assert "fails with error 205" in pages.text_of(admin.get(pages.address_of(small_site.alice)))


def test_end_users_and_application_users_have_lists_of_their_own(small_site: Any, admin: Client) -> None:
    people = admin.get(pages.list_of(EndUser)).context["cl"].result_list
    programs = admin.get(pages.list_of(ApplicationUser)).context["cl"].result_list
    assert {each.user_id for each in people} == {"alice", "dana", "reader"}
    assert {each.user_id for each in programs} == {"admin"}
    account = Account.objects.get(user_id="admin")
    assert admin.get(pages.address_of(account)).url == pages.address_of(ApplicationUser.objects.get(pk=account.pk))


def test_a_copied_profile_has_the_same_lines_buttons_and_services(small_site: Any, admin: Client) -> None:
    address = pages.address_of(small_site.profile).replace("/change/", "/copy/")
    assert "already exists" in pages.text_of(admin.post(address, {"name": "EM_alice"}))
    assert admin.post(address, {"name": "EM_copy"}).status_code == 302
    copy = DeviceProfile.objects.get(name="EM_copy")
    assert [line.directory_number.pattern for line in copy.lines.all()] == ["1001"]
    assert copy.uuid != small_site.profile.uuid
    assert set(copy.services.all()) == set(small_site.profile.services.all())
    assert AuditEntry.objects.filter(action="device_profile.added", subject="EM_copy", actor="admin").exists()


def test_who_is_logged_out_everywhere_is_shown_where_before_it_is_done(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    asked = pages.text_of(admin.get(pages.address_of(small_site.alice, "log-out")))
    assert "Logged in on: SEP0011AA220003" in asked
