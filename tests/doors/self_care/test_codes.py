"""A code that a phone shows logs its reader in there from self-care; nobody else, nowhere else, once (EM-36)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.models import LogInCode, LoginSession
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import EM_SERVICE
from roamline.rooms.phones import addresses
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Input, Text
from tests.support import factories

PHONE, OTHER = "SEP0011AA220001", "SEP0011AA220003"
PAGE = "/selfcare/log-in"


def at_the_phone(source: str = "192.0.2.7", **query: str) -> object:
    """What the phone shows."""
    with override_settings(ROOT_URLCONF="roamline.processes.urls_phones"):
        answer = Client().get("/emapp/EMAppServlet", {"device": PHONE, **query}, REMOTE_ADDR=source)
    return phone_xml.read(answer.content)


def code_on_the_phone() -> str:
    shown = at_the_phone(do="code")
    assert isinstance(shown, Text)
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", shown.text)
    assert found, shown.text
    return found[0]


def type_in(browser: Client, code: str, **more: str) -> str:
    return browser.post(PAGE, {"code": code, **more}, follow=True).content.decode()


def on() -> list[tuple[str, str, str]]:
    return list(LoginSession.objects.filter(ended_at=None).values_list("phone__name", "account__user_id", "way"))


def test_the_form_on_the_phone_offers_a_code(alice: Account) -> None:
    form = at_the_phone()
    assert isinstance(form, Input)
    assert [(key.name, key.url.endswith("&do=code")) for key in form.soft_keys][-1] == ("Code", True)


@pytest.mark.proves("EM-36")
def test_who_reads_the_code_on_the_phone_logs_in_there_once(browser: Client) -> None:
    code = code_on_the_phone()
    assert f"You are logged in on {PHONE}." in type_in(browser, f" {code.lower().replace('-', ' ')} ")
    assert on() == [(PHONE, "alice", "code of the phone")]
    assert not LogInCode.objects.exists()
    assert "(201)" in type_in(browser, code)
    refused = AuditEntry.objects.filter(action="em.login").latest("id")
    assert (refused.actor, refused.result, refused.succeeded) == ("alice", 201, False)
    assert code not in refused.reason


def test_a_newer_code_ends_the_older_one_and_after_two_minutes_each_is_old(browser: Client) -> None:
    older, newer = code_on_the_phone(), code_on_the_phone()
    assert "(201)" in type_in(browser, older)
    LogInCode.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert "(201)" in type_in(browser, newer)
    assert on() == []


@pytest.mark.parametrize("typed", ["", "-", "ABCD", "ABCDEFGH", "\x00", "x" * 500])
def test_what_is_no_code_logs_nobody_in(typed: str, browser: Client) -> None:
    code_on_the_phone()
    assert "(201)" in type_in(browser, typed)
    assert on() == []


def test_the_code_is_shown_to_that_very_phone_only(alice: Account) -> None:
    addresses.registered(PHONE, "192.0.2.7", datetime.now(UTC))
    code_on_the_phone()
    shown = at_the_phone(source="192.0.2.99", do="code")
    assert isinstance(shown, Text)
    assert "(28)" in shown.text


def test_the_conditions_of_a_log_in_count_all_the_same(browser: Client) -> None:
    code = code_on_the_phone()
    Account.objects.filter(user_id="alice").update(locked_until=datetime.now(UTC) + timedelta(hours=1))
    assert "(201)" in type_in(browser, code)
    Account.objects.filter(user_id="alice").update(locked_until=None)
    code = code_on_the_phone()
    assert "(12)" in type_in(browser, code, profile="EM_bob")
    code = code_on_the_phone()
    activation.change(EM_SERVICE.name, activation.STOP, actor="a", way="", source="", now=datetime.now(UTC))
    assert "(208)" in type_in(browser, code)
    assert on() == []


def test_no_code_for_a_phone_without_extension_mobility(alice: Account) -> None:
    factories.phone("SEP0011AA220009", em_enabled=False)
    shown = at_the_phone(device="SEP0011AA220009", do="code")
    assert isinstance(shown, Text)
    assert "(22)" in shown.text
    assert not LogInCode.objects.exists()


def test_who_is_not_signed_in_signs_in_first(alice: Account) -> None:
    code = code_on_the_phone()
    answer = Client().post(PAGE, {"code": code})
    assert answer.status_code == 302
    assert "/selfcare/sign-in" in answer["Location"]
    assert on() == []
