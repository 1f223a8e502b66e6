from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import store
from roamline.rooms.directory.models import Account, PhoneOwner
from roamline.rooms.ledger.models import AuditEntry
from tests.support import factories
from tests.support.factories import NOW, PIN, PROXY_RIGHTS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("user_id", ["Alice", "al ice", "", "a" * 129, "al/ice", "爱丽丝"])
def test_a_user_id_is_lower_case_and_plain(user_id: str) -> None:
    with pytest.raises(ValidationError) as refused:
        directory.add_account(user_id=user_id, actor="admin", now=NOW)
    assert "user_id" in refused.value.message_dict
    assert not Account.objects.exists()


def test_a_user_is_found_by_id_self_service_id_and_extension_exactly() -> None:
    factories.user("alice", self_service_id="70001", primary_extension=factories.number("1001"))
    found = [store.by_user_id("alice"), store.by_self_service_id("70001"), store.by_primary_extension("1001")]
    assert [[each.user_id for each in accounts] for accounts in found] == [["alice"]] * 3
    assert store.by_user_id("ALICE") == []
    assert store.by_self_service_id("7000") == []
    assert store.by_primary_extension("10010") == []


def test_a_new_pin_is_checked_against_the_policy_and_nothing_changes_when_it_is_refused() -> None:
    alice = factories.user("alice", primary_extension=factories.number("10017"))
    before = Account.objects.get().pin_verifier
    for pin in ("1234", "11111", "10017", "71001"):
        with pytest.raises(ValidationError):
            directory.set_pin(alice, Secret(pin), actor="admin", now=NOW)
    assert Account.objects.get().pin_verifier == before


def test_a_new_pin_unlocks_and_is_in_the_audit_without_the_pin() -> None:
    alice = factories.user("alice")
    Account.objects.update(failed_attempts=3, locked_until=NOW)
    alice.refresh_from_db()
    directory.set_pin(alice, Secret("31415"), actor="admin", now=NOW, must_change=True)
    account = Account.objects.get()
    assert (account.failed_attempts, account.locked_until, account.pin_must_change) == (0, None, True)
    entry = AuditEntry.objects.get(action="pin.set")
    assert (entry.actor, entry.user_id) == ("admin", "alice")
    assert all("31415" not in str(value) for value in vars(entry).values())


def test_roles_come_from_the_groups_an_account_is_in() -> None:
    proxy = factories.proxy()
    assert store.roles_of(proxy.pk) == {"em authentication proxy"}
    directory.join_group(proxy, factories.group(PROXY_RIGHTS), actor="admin", now=NOW)
    assert AuditEntry.objects.filter(action="group.joined").count() == 1
    assert store.roles_of(factories.user("alice").pk) == frozenset()


def test_profiles_are_controlled_in_the_order_they_were_added() -> None:
    chen = factories.user("chen", pin=PIN, profiles=("EM_chen_desk", "EM_chen_lab"))
    listed = [(c.profile.name, c.position, c.is_default) for c in chen.controlled_profiles.order_by("position")]
    assert listed == [("EM_chen_desk", 1, True), ("EM_chen_lab", 2, False)]


def test_a_phone_has_one_owner() -> None:
    alice, bob, phone = factories.user("alice"), factories.user("bob"), factories.phone()
    directory.give_phone(alice, phone, actor="admin", now=NOW)
    directory.give_phone(bob, phone, actor="admin", now=NOW)
    assert PhoneOwner.objects.get().account == bob
    assert phone.associations.count() == 2
