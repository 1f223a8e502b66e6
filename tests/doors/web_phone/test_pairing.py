"""Which browser may be which phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from roamline.kernel.secret import Secret
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web")]

WEB_PHONE, BOBS, DESK_PHONE = "SEP0011AA220007", "SEP0011AA220009", "SEP0011AA220001"
HERE = {"host": "127.0.0.1:8090"}
ELSEWHERE = {"host": "phones.example"}


@pytest.fixture(autouse=True)
def phones_and_people() -> None:
    """Three software phones, a desk phone, an administrator and somebody of the help desk."""
    software = factories.model("Software phone", is_software=True)
    for device in (WEB_PHONE, BOBS, "SEP0011AA220006"):
        factories.phone(device, model=software)
    factories.phone(DESK_PHONE)
    factories.user("admin", kind=Account.APPLICATION, groups=("Standard CCM Super Users",))
    factories.user("dana", groups=("Standard Help Desk",))


@pytest.fixture
def browser() -> Client:
    """A browser on another machine."""
    return Client(REMOTE_ADDR="192.0.2.7", headers=ELSEWHERE)


def token_of(device: str) -> Secret:
    return phones.issue_token(Phone.objects.get(name=device), actor="tests", now=NOW)


def pair(browser: Client, device: str, token: Secret | str) -> Any:
    given = token.reveal() if isinstance(token, Secret) else token
    return browser.post(f"/phone/{device}/pair", {"token": given})


def is_paired(browser: Client, device: str = WEB_PHONE) -> bool:
    return b'id="softkeys"' in browser.get(f"/phone/{device}").content


def log_in_as(browser: Client, user_id: str) -> None:
    browser.force_login(Account.objects.get(user_id=user_id))


def test_on_a_demo_site_a_browser_on_the_same_machine_just_opens_the_page() -> None:
    assert is_paired(Client(headers=HERE))
    assert is_paired(Client(headers={"host": "localhost:8090"}))
    assert is_paired(Client(REMOTE_ADDR="::1", headers={"host": "[::1]:8090"}))


def test_a_browser_elsewhere_a_foreign_name_and_a_proxy_are_not_the_same_machine(browser: Client) -> None:
    assert not is_paired(browser)
    assert not is_paired(Client(REMOTE_ADDR="192.0.2.7", headers=HERE))
    assert not is_paired(Client(headers={"host": "rebound.example:8090"}))
    assert not is_paired(Client(headers={**HERE, "x-forwarded-for": "192.0.2.7"}))


def test_elsewhere_than_on_a_demo_site_nobody_is_paired_by_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CONFIG.values, "site.demo", False)
    assert not is_paired(Client(headers=HERE))


def test_the_device_token_pairs_a_browser_with_its_own_phone_only(browser: Client) -> None:
    answer = pair(browser, WEB_PHONE, token_of(WEB_PHONE))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/phone/{WEB_PHONE}")
    assert is_paired(browser)
    assert not is_paired(browser, BOBS)
    entry = AuditEntry.objects.get(action="phone.browser_paired")
    assert (entry.device, entry.actor, entry.source) == (WEB_PHONE, WEB_PHONE, "192.0.2.7")


def test_the_cookie_is_for_the_server_alone_and_for_this_phone_alone(browser: Client) -> None:
    token = token_of(WEB_PHONE)
    cookie = pair(browser, WEB_PHONE, token).cookies["roamline_phone"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == f"/phone/{WEB_PHONE}"
    page = browser.get(f"/phone/{WEB_PHONE}").content.decode()
    assert token.reveal() not in cookie.value + page


@pytest.mark.parametrize("device", [WEB_PHONE, BOBS, DESK_PHONE, "SEP000000000000", "x" * 300])
def test_another_token_pairs_nothing_and_says_no_more_than_that(browser: Client, device: str) -> None:
    foreign = token_of("SEP0011AA220006")
    for token in (foreign, Secret("wrong"), Secret("")):
        answer = pair(browser, device, token)
        assert answer.status_code == 403
        assert "roamline_phone" not in answer.cookies
    assert not is_paired(browser, device)


def test_a_desk_phone_cannot_be_a_web_phone_not_even_by_its_token(browser: Client) -> None:
    assert pair(browser, DESK_PHONE, token_of(DESK_PHONE)).status_code == 403
    assert Client(headers=HERE).get(f"/phone/{DESK_PHONE}").status_code == 404


def test_a_new_device_token_ends_every_pairing(browser: Client) -> None:
    pair(browser, WEB_PHONE, token_of(WEB_PHONE))
    token_of(WEB_PHONE)
    assert not is_paired(browser)
    assert browser.post(f"/phone/{WEB_PHONE}/open", {}, "application/json").status_code == 403


def test_a_cookie_of_another_phone_or_a_changed_one_is_worth_nothing(browser: Client) -> None:
    kept = pair(browser, BOBS, token_of(BOBS)).cookies["roamline_phone"].value
    for forged in (kept, kept[:-1] + ("a" if kept[-1] != "a" else "b"), "", "x:y:z"):
        browser.cookies["roamline_phone"] = forged
        assert not is_paired(browser)


def test_an_administrator_pairs_without_a_token_and_others_do_not(browser: Client) -> None:
    log_in_as(browser, "dana")
    assert b"Pair without a token" not in browser.get(f"/phone/{WEB_PHONE}").content
    assert pair(browser, WEB_PHONE, "").status_code == 403
    log_in_as(browser, "admin")
    assert b"Pair without a token" in browser.get(f"/phone/{WEB_PHONE}").content
    assert pair(browser, WEB_PHONE, "wrong").status_code == 403
    assert pair(browser, WEB_PHONE, "").status_code == 302
    assert is_paired(browser)
    assert AuditEntry.objects.get(action="phone.browser_paired").actor == "admin"


def test_a_browser_can_be_unpaired(browser: Client) -> None:
    pair(browser, WEB_PHONE, token_of(WEB_PHONE))
    browser.post(f"/phone/{WEB_PHONE}/unpair")
    assert not is_paired(browser)


@pytest.mark.parametrize("what", ["pair", "unpair", "open", "events", "input"])
def test_foreign_pages_can_make_a_browser_do_nothing(what: str) -> None:
    browser = Client(enforce_csrf_checks=True, headers=HERE)
    answer = browser.post(f"/phone/{WEB_PHONE}/{what}", "{}", "application/json")
    assert answer.status_code == 403
    assert b"not paired" not in answer.content


def test_the_page_tells_no_secret_and_may_not_be_framed_or_load_from_elsewhere() -> None:
    answer = Client(headers=HERE).get(f"/phone/{WEB_PHONE}")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    phone = Phone.objects.get(name=WEB_PHONE)
    assert phone.ha1
    assert not [word for word in (phone.ha1, "secret", "auth_user") if word in answer.content.decode()]


def test_an_address_in_other_letters_leads_to_the_phones_own() -> None:
    answer = Client(headers=HERE).get(f"/phone/{WEB_PHONE.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/phone/{WEB_PHONE}")
