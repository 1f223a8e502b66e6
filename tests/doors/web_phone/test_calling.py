"""As what the page registers, and where."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from roamline.demo import site
from roamline.doors.web_phone import calling
from roamline.platform import config
from roamline.rooms.mobility.configuration import phone_named
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Phone

DEVICE = "SEP0011AA220007"


@pytest.fixture
def phone(db: None) -> Phone:
    """The demo's web phone."""
    site.load("a-secret-for-tests-only")
    found = phone_named(DEVICE)
    assert found is not None
    return found


def serve(settings: Any, **sections: dict[str, object]) -> None:
    settings.CONFIG = config.parse({"site": {"data": str(settings.CONFIG.data)}, **sections})


def server(*, secure: bool = False) -> str:
    return calling.server_of(RequestFactory().get("/", secure=secure))


def test_the_page_registers_each_line_with_the_digest_of_its_newest_secret(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "has_library", lambda: True)
    account = calling.account_of(RequestFactory().get("/"), phone)
    assert account is not None
    assert account["ha1"] == secrets.ha1_of(DEVICE, phone.configuration_version) == phone.ha1
    assert [line["number"] for line in account["lines"]] == ["1907"]
    assert secrets.secret_of(DEVICE, phone.configuration_version).reveal() not in str(account)


def test_without_its_library_or_call_control_a_page_carries_no_calls(
    phone: Phone, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "has_library", lambda: False)
    assert calling.account_of(RequestFactory().get("/"), phone) is None
    monkeypatch.setattr(calling, "has_library", lambda: True)
    serve(settings, call_control={"enabled": False})
    assert calling.account_of(RequestFactory().get("/"), phone) is None


def test_a_page_by_https_opens_the_secured_port_where_there_is_a_certificate(settings: Any) -> None:
    assert server(secure=True) == "ws://127.0.0.1:5066"
    serve(settings, secure={"certificate": "chain.pem", "private_key": "key.pem"})
    assert server() == "ws://127.0.0.1:5066"
    assert server(secure=True) == "wss://127.0.0.1:5061"
    serve(settings, call_control={"websocket_url": "wss://phones.example.net/sip"})
    assert server() == "wss://phones.example.net/sip"
