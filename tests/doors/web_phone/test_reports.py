"""What the page reports about headsets, and what the headset engine has it show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from roamline.doors.web_phone import headsets
from roamline.rooms.headsets.models import Headset
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.factories import NOW, PIN

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web")]

DEVICE = "SEP0011AA220007"
SERIAL = "QPK1234X009"


@pytest.fixture(autouse=True)
def phone_and_person() -> None:
    """A web phone, and alice."""
    factories.phone(DEVICE, model=factories.model("Software phone", is_software=True))
    factories.user("alice", first_name="Alice", last_name="Archer")


@pytest.fixture
def browser() -> Client:
    """A browser on the demo's machine."""
    return Client(headers={"host": "127.0.0.1:8090"})


def report(browser: Client, *events: dict[str, Any]) -> int:
    body = json.dumps({"events": list(events)})
    return browser.post(f"/phone/{DEVICE}/events", body, "application/json").status_code


def plug_in(serial: str = SERIAL, source: str = "simulated", **more: Any) -> dict[str, Any]:
    return {"event": "headset_connected", "headset": {"serial": serial}, "source": source, **more}


def shown() -> dict[str, Any] | None:
    return headsets.screen_of(DEVICE, NOW)


def press(browser: Client, key: str, **fields: str) -> Any:
    screen = shown()
    assert screen is not None
    body = json.dumps({"screen": screen["id"], "key": key, "fields": fields})
    answer = browser.post(f"/phone/{DEVICE}/input", body, "application/json")
    assert answer.status_code == 200
    return answer.json()["screen"]


def test_a_headset_that_is_plugged_in_asks_whose_it_is_and_goes_when_it_is_pulled_out(browser: Client) -> None:
    assert not headsets.menu_of(DEVICE, NOW)["associate_headset"]
    assert report(browser, plug_in()) == 200
    screen = shown()
    assert screen is not None
    assert [(field["name"], field["kind"]) for field in screen["fields"]] == [("userid", "text"), ("pin", "pin")]
    assert headsets.menu_of(DEVICE, NOW)["associate_headset"]
    tray = headsets.tray_of(Phone.objects.get(name=DEVICE))
    assert [(each["serial"], each["source"]) for each in tray["connected"]] == [(SERIAL, "simulated")]
    assert report(browser, {"event": "headset_disconnected", "serial": SERIAL, "reason": "out_of_range"}) == 200
    assert shown() is None
    assert headsets.tray_of(Phone.objects.get(name=DEVICE))["connected"] == []


def test_the_form_answers_with_the_next_screen_and_the_tray_says_whose_the_headset_is(browser: Client) -> None:
    report(browser, plug_in())
    assert "201" in press(browser, "submit", userid="alice", pin="99999")["text"]
    assert "Alice Archer" in press(browser, "submit", userid="alice", pin=PIN)["text"]
    tray = headsets.tray_of(Phone.objects.get(name=DEVICE))["tray"]
    assert {"serial": SERIAL, "owner": "alice"} in tray


def test_a_report_that_comes_twice_counts_once(browser: Client) -> None:
    report(browser, plug_in(id="one"), {"event": "headset_disconnected", "serial": SERIAL, "id": "two"})
    report(browser, plug_in(id="one"))
    assert shown() is None


def test_the_menu_asks_whose_the_headset_is_again(browser: Client) -> None:
    report(browser, plug_in())
    press(browser, "exit")
    press(browser, "yes")
    assert shown() is None
    assert report(browser, {"event": "menu", "item": "associate_headset"}) == 200
    assert shown() is not None


def test_headsets_are_simulated_on_demo_sites_only(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roamline.doors.web_phone.headsets.are_simulated_ones_allowed", lambda: False)
    assert report(browser, plug_in("REAL1", source="browser"), plug_in()) == 400
    assert not Headset.objects.filter(connected=True).exists()
    assert report(browser, plug_in("REAL1", source="browser")) == 200
    assert headsets.tray_of(Phone.objects.get(name=DEVICE))["tray"] == []


def test_they_are_allowed_where_the_configuration_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert headsets.are_simulated_ones_allowed()
    monkeypatch.setitem(settings.CONFIG.values, "site.demo", False)
    assert not headsets.are_simulated_ones_allowed()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "[" * 5000,
        '{"events": 1}',
        '{"events": [{"event": "reboot"}]}',
        '{"events": [{"event": "headset_disconnected", "serial": 5}]}',
        '{"events": [{"event": "headset_disconnected", "serial": "a\\u0000b"}]}',
        '{"events": [{"event": "headset_connected", "source": "usb", "headset": {"serial": "x"}}]}',
        '{"events": [{"event": "input", "screen": "x y", "key": "submit"}]}',
        json.dumps({"events": [{"event": "menu", "item": "associate_headset"}] * 21}),
        json.dumps({"events": [], "more": "x" * 20_000}),
    ],
)
def test_what_no_page_sends_is_refused_and_changes_nothing(browser: Client, body: str) -> None:
    answer = browser.post(f"/phone/{DEVICE}/events", body, "application/json")
    assert answer.status_code == 400
    assert shown() is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("input", {"screen": "s", "key": "x" * 99, "fields": {"pin": PIN}}),
        ("input", {"screen": "s", "key": "submit", "fields": {"pin": [PIN]}}),
        ("open", {"link": "nonsense", "fields": {"seq": PIN}}),
        ("open", {"link": 5, "fields": {"seq": PIN}}),
    ],
)
def test_a_refusal_does_not_repeat_what_was_typed_in(browser: Client, path: str, body: dict[str, Any]) -> None:
    answer = browser.post(f"/phone/{DEVICE}/{path}", json.dumps(body), "application/json")
    assert answer.status_code == 400
    assert PIN.encode() not in answer.content


def test_only_json_is_taken_and_only_by_post(browser: Client) -> None:
    assert browser.post(f"/phone/{DEVICE}/events", {"events": "[]"}).status_code == 400
    for path in ("open", "events", "input", "pair", "unpair"):
        assert browser.get(f"/phone/{DEVICE}/{path}").status_code == 405
    assert browser.post(f"/phone/{DEVICE}/stream").status_code == 405
    assert browser.post(f"/phone/{DEVICE}").status_code == 405
