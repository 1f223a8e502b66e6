"""A web phone on which a user of another cluster is logged in registers there (RO-30)."""

from __future__ import annotations

import hashlib

import pytest
from django.test import RequestFactory

from roamline.doors.web_phone import calling, state
from roamline.kernel.secret import Secret
from roamline.rooms.emcc import visiting
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones.models import Phone
from tests.rooms.emcc.far_cluster import FarCluster, granted, make_home
from tests.support import factories
from tests.support.factories import NOW, PIN

DEVICE = "SEP0011AA220007"


@pytest.mark.django_db
def test_it_opens_its_calls_at_the_users_home(monkeypatch: pytest.MonkeyPatch) -> None:
    make_home(devices=0)
    east = FarCluster()
    east.says("user", {"fay": {}}, NOW)
    east.answers = lambda question: granted()
    factories.phone(DEVICE, model=factories.model("Software phone", is_software=True), own_number="1907")
    visiting.log_in(LogIn(DEVICE, "fay", Secret(PIN)), By("fay", Way.PHONE, "10.1.0.7"), NOW)
    phone = Phone.objects.get(name=DEVICE)
    shown = state.state_of(phone)
    assert shown["user"] == {"user_id": "fay", "name": "Fay Fox"}
    assert [key["number"] for key in shown["keys"] if key["kind"] == "line"] == ["2001"]
    monkeypatch.setattr(calling, "has_library", lambda: True)  # set-up makes it where there is npm
    account = calling.account_of(RequestFactory().get("/"), phone)
    assert account is not None
    assert (account["server"], account["user"], account["realm"]) == ("ws://10.2.0.1:6066", "EMCC3", "far.example")
    secret = "EMCC3:far.example:a-secret-of-EAST"
    assert account["ha1"] == hashlib.md5(secret.encode()).hexdigest()
    assert "ws://east.example:*" in calling.servers_elsewhere()
