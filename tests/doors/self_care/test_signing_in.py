"""Signing in to self-care: end users by their password, counted, locked and audited as everywhere."""

from __future__ import annotations

import pytest
from django.test import Client

from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from tests.support import factories

PAGES = ["", "pin", "password", "settings", "headsets", "profiles"]


def sign_in(user: str, password: str, after: str = "") -> tuple[int, str]:
    answer = Client().post(f"/selfcare/sign-in{after}", {"user": user, "password": password})
    return answer.status_code, answer.headers.get("Location", answer.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_a_page_without_signing_in(page: str, db: None) -> None:
    answer = Client().get(f"/selfcare/{page}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/selfcare/sign-in?next=/selfcare/{page}")


@pytest.mark.parametrize("page", PAGES)
def test_a_signed_in_user_sees_every_page(page: str, browser: Client) -> None:
    assert browser.get(f"/selfcare/{page}", follow=True).status_code == 200


def test_a_wrong_password_an_unknown_user_and_a_locked_one_get_the_same_answer(alice: Account) -> None:
    wrong = "The user id or password is wrong, or the account is locked."
    assert wrong in sign_in("alice", "wrong")[1]
    assert wrong in sign_in("nobody", "wrong")[1]
    Account.objects.update(locked_until="9999-01-01T00:00:00Z")
    assert wrong in sign_in("alice", factories.PASSWORD)[1]
    reasons = list(AuditEntry.objects.filter(way="self-care").order_by("id").values_list("reason", flat=True))
    assert reasons == ["wrong password", "unknown user", "locked"]


def test_an_application_user_has_no_self_care(alice: Account) -> None:
    factories.proxy()
    assert sign_in("emproxy", factories.PASSWORD)[0] == 200
    client = Client()
    client.force_login(Account.objects.get(user_id="emproxy"))
    assert client.get("/selfcare/").status_code == 302


def test_self_care_opens_no_administration(browser: Client) -> None:
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.invalid/", "//evil.invalid/selfcare/", "/admin/", "javascript:x"])
def test_after_signing_in_nobody_is_led_elsewhere(alice: Account, elsewhere: str) -> None:
    assert sign_in("alice", factories.PASSWORD, f"?next={elsewhere}") == (302, "/selfcare/")


def test_a_password_that_must_be_changed_comes_before_everything(alice: Account) -> None:
    Account.objects.update(password_must_change=True)
    client = Client()
    client.post("/selfcare/sign-in", {"user": "alice", "password": factories.PASSWORD})
    assert client.get("/selfcare/").headers["Location"] == "/selfcare/password"
    assert client.get("/selfcare/pin").headers["Location"] == "/selfcare/password"
    assert client.post("/selfcare/password", {"new": "short", "again": "short"}).status_code == 200
    new = "a-brand-new-password"
    assert client.post("/selfcare/password", {"new": new, "again": new}).headers["Location"] == "/selfcare/"
    assert client.get("/selfcare/").status_code == 200
    assert sign_in("alice", new)[0] == 302


def test_signing_out_ends_the_browser_session(browser: Client) -> None:
    assert browser.get("/selfcare/sign-out").status_code == 405
    browser.post("/selfcare/sign-out")
    assert browser.get("/selfcare/").status_code == 302


def test_a_new_password_needs_the_current_one_and_a_wrong_one_counts(alice: Account, browser: Client) -> None:
    new = {"new": "a-brand-new-password", "again": "a-brand-new-password"}
    assert browser.post("/selfcare/password", new).status_code == 200
    answer = browser.post("/selfcare/password", {"current": "wrong", **new})
    assert "The current password is wrong, or you are locked for a while." in answer.content.decode()
    assert Account.objects.get(pk=alice.pk).failed_attempts == 1
    assert AuditEntry.objects.filter(action="web.login", reason="wrong password", user_id="alice").exists()
    changed = browser.post("/selfcare/password", {"current": factories.PASSWORD, **new})
    assert changed.headers["Location"] == "/selfcare/"
    assert browser.get("/selfcare/").status_code == 200


def test_each_language_is_called_as_its_speakers_call_it(browser: Client) -> None:
    page = browser.get("/selfcare/", headers={"accept-language": "ko"}).content.decode()
    assert all(f">{name}</option>" in page for name in ("English", "简体中文", "한국어"))
