"""Signing in to the administration: audited, counted, locked; the same answer whatever was wrong (S-1, S-2, S-6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.authentication import recently_right
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW

PASSWORD = "correct-horse-battery"


def sign_in(user_id: str, password: str, client: Client | None = None) -> Any:
    """Send the sign-in form."""
    return (client or Client()).post("/admin/login/", {"username": user_id, "password": password, "next": "/admin/"})


@pytest.fixture
def with_password(small_site: Any) -> Account:
    """The administrator, with a password."""
    recently_right.forget_all()
    directory.set_password(small_site.admin, Secret(PASSWORD), actor="test", now=NOW)
    return Account.objects.get(user_id="admin")


def last_sign_in() -> tuple[str, bool, int, str, str]:
    """The newest entry about a sign-in."""
    entry = AuditEntry.objects.filter(action="web.login").first()
    assert entry is not None
    return entry.user_id, entry.succeeded, entry.result, entry.reason, entry.source


def test_the_right_password_lets_an_administrator_in(with_password: Account) -> None:
    client = Client()
    assert sign_in("admin", PASSWORD, client).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert last_sign_in() == ("admin", True, 0, "", "127.0.0.1")


def test_five_wrong_passwords_lock_the_account_until_an_administrator_unlocks_it(with_password: Account) -> None:
    for _attempt in range(5):
        assert sign_in("admin", "wrong").status_code == 200
    assert last_sign_in() == ("admin", False, 201, "wrong password", "127.0.0.1")
    assert sign_in("admin", PASSWORD).status_code == 200
    assert last_sign_in()[3] == "locked"
    directory.unlock(with_password, actor="test", now=NOW)
    assert sign_in("admin", PASSWORD).status_code == 302


def test_whatever_was_wrong_the_answer_is_the_same(with_password: Account) -> None:
    directory.set_password(Account.objects.get(user_id="alice"), Secret(PASSWORD), actor="test", now=NOW)
    answers = {
        pages.text_of(sign_in(user_id, password))
        for user_id, password in (("admin", "wrong"), ("nobody", "wrong"), ("alice", PASSWORD), ("reader", "wrong"))
    }
    assert len(answers) == 1
    reasons = set(AuditEntry.objects.filter(action="web.login").values_list("reason", flat=True))
    assert reasons == {"wrong password", "unknown user", "no role lets this account in"}


def test_passwords_are_nowhere_in_the_audit(with_password: Account) -> None:
    sign_in("admin", "a-wrong-one-typed")
    sign_in("admin", PASSWORD)
    everything = str(list(AuditEntry.objects.values()))
    assert "a-wrong-one-typed" not in everything
    assert PASSWORD not in everything


def test_a_sign_in_without_the_forms_token_is_refused(with_password: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in("admin", PASSWORD, client).status_code == 403
    assert not AuditEntry.objects.filter(action="web.login").exists()


def test_a_change_without_the_forms_token_is_refused(small_site: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(small_site.admin)
    response = client.post(pages.address_of(small_site.phone(1)), {"description": "changed"})
    assert response.status_code == 403


def test_an_account_that_is_switched_off_is_signed_out(with_password: Account) -> None:
    client = Client()
    sign_in("admin", PASSWORD, client)
    Account.objects.filter(user_id="admin").update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_ones_own_password_is_changed_with_an_audit_entry_and_other_sessions_end(with_password: Account) -> None:
    here, elsewhere = Client(), Client()
    sign_in("admin", PASSWORD, here)
    sign_in("admin", PASSWORD, elsewhere)
    new = {"old_password": PASSWORD, "new_password1": "another-good-one-7", "new_password2": "another-good-one-7"}
    assert here.post("/admin/password_change/", new).status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert AuditEntry.objects.filter(action="password.set", actor="admin", source="127.0.0.1").count() == 1


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(with_password: Account) -> None:
    client = Client()
    sign_in("admin", PASSWORD, client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
