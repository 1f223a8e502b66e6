"""Devices report headsets and show screens over the device API (HS-40)."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

from roamline.doors.device_api import limits
from roamline.rooms.headsets.models import Headset
from roamline.rooms.headsets.service import noticing
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import secrets
from roamline.rooms.phones import service as phones
from tests.support.factories import ACTOR, NOW, PIN
from tests.support.headset_site import ALICES, LOBBY, NOBODYS, SHARED, Device, owner, phone

pytestmark = pytest.mark.urls("roamline.processes.urls_web")
BASE = f"/api/device/v1/{LOBBY}"


def set_up() -> dict[str, str]:
    """A phone with a token, and alice with a headset; the headers of the phone's requests."""
    token = phones.issue_token(phone(), actor=ACTOR, now=NOW)
    owner("alice", ALICES)
    return {"Authorization": f"Bearer {token.reveal()}"}


@pytest.fixture
def headers(db: None) -> dict[str, str]:
    return set_up()


def connected(serial: str = ALICES, **more: Any) -> dict[str, Any]:
    headset = {"serial": serial, "model": "Headset 532", "vendor": "Cisco", "firmware": "1.5", "connection": "wired"}
    return {"event": "headset_connected", "headset": headset, "source": "usb", "at": "2030-05-17T09:30:00Z", **more}


def report(client: Client, headers: dict[str, str], *events: dict[str, Any]) -> int:
    answer = client.post(f"{BASE}/events", {"events": list(events)}, "application/json", headers=headers)
    return answer.status_code


def screen(client: Client, headers: dict[str, str]) -> Any:
    answer = client.get(f"{BASE}/screen", headers=headers)
    assert answer.status_code == 200
    return answer.json()


def test_connect_enter_the_pin_and_be_signed_in(client: Client, headers: dict[str, str]) -> None:
    assert screen(client, headers) is None
    assert report(client, headers, connected(id="1")) == 204
    shown = screen(client, headers)
    assert shown["title"] == "Sign in"
    assert shown["fields"] == [{"name": "pin", "label": "PIN", "kind": "pin", "value": "", "choices": []}]
    assert shown["softkeys"] == [{"key": "submit", "label": "Submit"}, {"key": "exit", "label": "Exit"}]
    assert shown["countdown"] is None
    given = {"screen": shown["id"], "key": "submit", "fields": {"pin": PIN}}
    answer = client.post(f"{BASE}/input", given, "application/json", headers=headers)
    assert (answer.status_code, answer.json()) == (200, None)
    assert Device().user == "alice"


@pytest.mark.proves("HS-4")
def test_a_report_makes_or_updates_the_headsets_record(client: Client, headers: dict[str, str]) -> None:
    report(client, headers, connected(NOBODYS))
    record = Headset.objects.get(serial=NOBODYS)
    assert (record.model, record.vendor, record.firmware, record.connection) == ("Headset 532", "Cisco", "1.5", "wired")
    assert record.last_phone is not None
    assert (record.last_phone.name, record.connected) == (LOBBY, True)
    assert record.first_seen == record.last_seen
    gone = {"event": "headset_disconnected", "serial": NOBODYS.lower(), "reason": "unplugged"}
    report(client, headers, gone)
    record.refresh_from_db()
    assert not record.connected


def test_the_input_event_does_the_same_and_reports_count_once(client: Client, headers: dict[str, str]) -> None:
    report(client, headers, connected(id="1"))
    shown = screen(client, headers)
    given = {"event": "input", "screen": shown["id"], "key": "submit", "fields": {"pin": PIN}, "id": "2"}
    report(client, headers, given)
    assert Device().user == "alice"
    gone = {"event": "headset_disconnected", "serial": ALICES, "reason": "out_of_range", "id": "3"}
    report(client, headers, gone)
    shown = screen(client, headers)
    assert shown["countdown"]["then"] == "sign_out"
    assert 290 < shown["countdown"]["seconds"] <= 300
    report(client, headers, connected(id="1"))
    assert screen(client, headers)["kind"] == "sign_out_offer", "that report was taken before"
    report(client, headers, connected(id="4"))
    assert screen(client, headers) is None


def test_a_list_says_what_is_so(client: Client, headers: dict[str, str]) -> None:
    listed = {"event": "headsets", "connected": [connected(NOBODYS)["headset"]], "source": "browser"}
    report(client, headers, listed)
    assert screen(client, headers)["kind"] == "association_form"
    report(client, headers, {"event": "headsets", "connected": []})
    assert screen(client, headers) is None


def test_the_menu_item(client: Client, headers: dict[str, str]) -> None:
    report(client, headers, connected(NOBODYS))
    first = screen(client, headers)
    client.post(f"{BASE}/input", {"screen": first["id"], "key": "exit"}, "application/json", headers=headers)
    report(client, headers, {"event": "menu", "item": "associate_headset"})
    assert screen(client, headers)["kind"] == "association_form"


@pytest.mark.parametrize(
    "event",
    [
        {"event": "headset_connected"},
        {"event": "headset_connected", "headset": {"serial": ""}},
        {"event": "headset_connected", "headset": {"serial": "x" * 51}},
        {"event": "headset_connected", "headset": {"serial": "X", "connection": "string"}},
        {"event": "headset_disconnected"},
        {"event": "headsets", "connected": [{"serial": str(n)} for n in range(17)]},
        {"event": "input", "key": "submit"},
        {"event": "input", "screen": "x", "key": "reboot"},
        {"event": "menu", "item": "format"},
        {"event": "something"},
    ],
)
def test_bad_reports_are_refused_and_change_nothing(
    client: Client, headers: dict[str, str], event: dict[str, Any]
) -> None:
    assert report(client, headers, connected(NOBODYS), event) == 422
    assert screen(client, headers) is None
    assert not Headset.objects.filter(serial=NOBODYS).exists()


def test_a_pin_is_in_no_answer_and_no_log(
    client: Client, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    report(client, headers, connected(NOBODYS))
    shown = screen(client, headers)
    wrong = {"screen": shown["id"], "key": "submit", "fields": {"userid": "alice", "pin": "8675309"}}
    answer = client.post(f"{BASE}/input", wrong, "application/json", headers=headers)
    bad = client.post(
        f"{BASE}/input", {**wrong, "fields": {"userid": 5, "pin": "8675309" * 20}}, "application/json", headers=headers
    )
    assert bad.status_code == 422
    assert "8675309" not in answer.content.decode() + bad.content.decode() + caplog.text
    assert NOBODYS not in caplog.text


@pytest.mark.parametrize("path", ["screen", "input", "events"])
def test_only_the_device_itself_may_ask(client: Client, headers: dict[str, str], path: str) -> None:
    phone(SHARED)
    other = f"/api/device/v1/{SHARED}/{path}"
    send = client.get if path == "screen" else client.post
    assert send(other, headers=headers).status_code == 401
    assert send(f"{BASE}/{path}").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_the_stream_sends_the_screen_at_once_and_at_each_change() -> None:
    asyncio.run(follow_the_stream())


async def follow_the_stream() -> None:
    headers = await sync_to_async(set_up)()
    answer = await AsyncClient().get(f"{BASE}/stream", headers=headers)
    assert answer.status_code == 200
    events = aiter(answer.streaming_content)  # type: ignore[attr-defined]

    async def next_event(kind: str) -> Any:
        async with asyncio.timeout(10):
            while True:
                text = (await anext(events)).decode()
                if text.startswith(f"event: {kind}\n"):
                    return json.loads(text.partition("data: ")[2])

    assert await next_event("screen") is None
    assert await next_event("menu") == {"associate_headset": False}
    await sync_to_async(lambda: Device().connects(ALICES))()
    shown = await next_event("screen")
    assert shown["kind"] == "pin_form"
    assert await next_event("menu") == {"associate_headset": True}
    await sync_to_async(lambda: Device().disconnects(ALICES))()
    assert await next_event("screen") is None
    await events.aclose()
    await sync_to_async(connections.close_all)()


def from_source(source: str, **more: Any) -> dict[str, Any]:
    return {**connected(NOBODYS, **more), "source": source}


@pytest.mark.proves("S-12")
@pytest.mark.parametrize("kind", ["headset_connected", "headsets"])
def test_simulated_headsets_are_refused_but_on_demo_sites(
    client: Client, headers: dict[str, str], settings: Any, kind: str
) -> None:
    event = from_source("simulated")
    if kind == "headsets":
        event = {"event": "headsets", "connected": [{"serial": NOBODYS}], "source": "simulated"}
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "site.demo": False})
    refused = client.post(
        f"{BASE}/events", {"events": [connected(ALICES), event]}, "application/json", headers=headers
    )  # fmt: skip
    assert (refused.status_code, "demo" in refused.json()["detail"]) == (403, True)
    assert not Headset.objects.filter(last_seen__isnull=False).exists(), "nothing of the batch is taken"
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "site.demo": True})
    assert report(client, headers, event) == 204
    assert Headset.objects.get(serial=NOBODYS).source == "simulated"


def test_a_device_brings_only_so_many_new_headsets_a_day(client: Client, headers: dict[str, str]) -> None:
    for number in range(noticing.MOST_NEW_A_DAY + 3):
        Device().connects(f"NEW-{number}").disconnects(f"NEW-{number}")
    assert Headset.objects.filter(serial__startswith="NEW-").count() == noticing.MOST_NEW_A_DAY
    alarm = AuditEntry.objects.get(action="headset.too_many_new")
    assert (alarm.device, alarm.succeeded) == (LOBBY, False)
    assert Device().connects("NEW-99").shows == "nothing"
    assert Device().connects(ALICES).shows == "pin_form", "headsets that are known go on"
    tomorrow = Device(now=NOW + timedelta(days=1)).disconnects(ALICES).connects("NEW-99")
    assert tomorrow.shows == "association_form"


def test_a_device_that_reports_too_much_at_once_is_told_to_wait(
    client: Client, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(limits, "events", limits.Buckets(3, 1.0, lambda: clock[0]))
    monkeypatch.setattr(limits, "inputs", limits.Buckets(1, 1.0, lambda: clock[0]))
    gone = {"event": "headset_disconnected", "serial": NOBODYS}
    assert report(client, headers, gone, gone, gone) == 204
    refused = client.post(f"{BASE}/events", {"events": [gone, gone]}, "application/json", headers=headers)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    clock[0] = 2.0
    assert report(client, headers, gone, gone) == 204
    given = {"screen": "x", "key": "exit"}
    answers = [client.post(f"{BASE}/input", given, "application/json", headers=headers).status_code for _ in range(2)]
    assert answers == [200, 429]


def test_the_token_of_a_desk_phone_gets_no_sip_secret(client: Client, headers: dict[str, str]) -> None:
    made = phones.Phone.objects.get(name=LOBBY)
    made.model.is_software = False
    made.model.save()
    refused = client.get(f"{BASE}/configuration", headers=headers)
    assert refused.status_code == 403
    assert secrets.secret_of(LOBBY, made.configuration_version).reveal() not in refused.content.decode()
    assert screen(client, headers) is None
