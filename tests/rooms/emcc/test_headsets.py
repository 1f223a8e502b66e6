"""While somebody of another cluster is logged in on a phone, it offers no sign-in by headset (RO-33)."""

from __future__ import annotations

import pytest
from django.test import Client

from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.emcc import visiting
from roamline.rooms.headsets.service.inventory import explain_headset
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones import service as phones
from tests.rooms.emcc.far_cluster import FarCluster, granted, make_home
from tests.support.factories import ACTOR, NOW, PIN
from tests.support.headset_site import ALICES, LOBBY, owner, phone

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web"), pytest.mark.proves("RO-33")]
BY = By("fay", Way.PHONE, "10.1.0.6")


@pytest.fixture
def east() -> FarCluster:
    """EAST, home of fay; a phone here, and alice with a headset."""
    make_home(devices=0)
    far = FarCluster()
    far.says("user", {"fay": {}}, NOW)
    far.answers = lambda question: granted()
    return far


@pytest.fixture
def headers(east: FarCluster) -> dict[str, str]:
    """What the phone's reports are sent with."""
    token = phones.issue_token(phone(), actor=ACTOR, now=NOW)
    owner("alice", ALICES)
    return {"Authorization": f"Bearer {token.reveal()}"}


def log_in_fay() -> None:
    assert not isinstance(visiting.log_in(LogIn(LOBBY, "fay", Secret(PIN)), BY, NOW), Refused)


def connect(client: Client, headers: dict[str, str]) -> None:
    headset = {"serial": ALICES, "model": "Headset 532", "vendor": "Cisco", "firmware": "1.5", "connection": "wired"}
    event = {"event": "headset_connected", "headset": headset, "source": "usb", "at": "2030-05-17T09:30:00Z"}
    sent = client.post(f"/api/device/v1/{LOBBY}/events", {"events": [event]}, "application/json", headers=headers)
    assert sent.status_code == 204


def screen(client: Client, headers: dict[str, str]) -> object:
    return client.get(f"/api/device/v1/{LOBBY}/screen", headers=headers).json()


def test_a_headset_that_is_connected_meanwhile_is_offered_nothing(client: Client, headers: dict[str, str]) -> None:
    log_in_fay()
    connect(client, headers)
    assert screen(client, headers) is None
    hindrances = [each.reason for each in explain_headset(LOBBY, ALICES) or () if each.holds is False]
    assert hindrances == ["a user of another cluster is logged in on the phone"]
    mobility.log_out(LOBBY, BY, NOW)
    assert all(each.holds for each in explain_headset(LOBBY, ALICES) or ())


def test_what_was_offered_before_goes_and_never_signs_in(client: Client, headers: dict[str, str]) -> None:
    connect(client, headers)
    shown = screen(client, headers)
    assert isinstance(shown, dict)
    log_in_fay()
    given = {"screen": shown["id"], "key": "submit", "fields": {"pin": PIN}}
    client.post(f"/api/device/v1/{LOBBY}/input", given, "application/json", headers=headers)
    assert mobility.users_on([LOBBY])[LOBBY.lower()].user_id == "fay"
    assert mobility.devices_of(["alice"])["alice"] == ()
    assert screen(client, headers) is None
