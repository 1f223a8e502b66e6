"""A serial number is a claim, not a proof: what is noted of each (S-12; what it may do is in test_signing_in)."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from roamline.rooms.headsets.models import SignIn
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import service as phones
from tests.support.factories import ACTOR, NOW
from tests.support.headset_site import ALICES, LOBBY, SHARED, Device, owner, phone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_phones() -> None:
    phone()
    phone(SHARED)
    owner("alice", ALICES)


@pytest.mark.proves("S-12")
def test_each_sign_in_is_audited_with_the_phone_the_source_and_the_serial_number() -> None:
    device = Device().connects(ALICES).submits()
    assert device.user == "alice"
    entry = AuditEntry.objects.get(action="headset.sign_in")
    assert (entry.user_id, entry.device, entry.source, entry.subject.upper()) == ("alice", LOBBY, "192.0.2.1", ALICES)
    assert (entry.details, entry.succeeded, entry.at) == ({"reported by": "usb"}, True, NOW)
    assert SignIn.objects.get().headset.serial == ALICES  # type: ignore[union-attr]


@pytest.mark.proves("S-12")
@pytest.mark.urls("roamline.processes.urls_web")
def test_logs_have_the_end_of_a_serial_number_only(
    client: Client, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in (LOBBY, SHARED):
        token = phones.issue_token(phones.Phone.objects.get(name=name), actor=ACTOR, now=NOW).reveal()
        connected = {"event": "headset_connected", "headset": {"serial": ALICES}}
        gone = {"event": "headset_disconnected", "serial": ALICES}
        listed = {"event": "headsets", "connected": [{"serial": ALICES}]}
        answer = client.post(
            f"/api/device/v1/{name}/events", {"events": [connected, gone, listed, connected]}, "application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 204
    printed = "".join([*capsys.readouterr(), caplog.text])
    assert "headset connected" in printed
    assert "one headset at two phones" in printed
    assert f"…{ALICES[-4:]}" in printed
    assert ALICES.lower() not in printed.lower()
