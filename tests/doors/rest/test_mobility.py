"""REST: explain, sessions, log-in and log-out, by role."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from roamline.demo import site
from roamline.rooms.phones.models import Phone

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web")]
SECRET = "a-secret-for-tests-only"


def headers(user_id: str, password: str = SECRET) -> dict[str, Any]:
    """HTTP Basic."""
    token = base64.b64encode(f"{user_id}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


@pytest.fixture(autouse=True)
def demo() -> None:
    """The demo site."""
    site.load(SECRET)


def explain(client: Client, user: str, device: str, who: str = "admin") -> Any:
    """The explanation as JSON."""
    answer = client.get("/api/v1/explain", {"user": user, "device": device}, headers=headers(who))
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_explain_names_the_box_to_tick_and_ticking_it_makes_the_log_in_work(client: Client) -> None:
    found = explain(client, "alice", "SEP0011AA220004")
    assert found["outcome"]["number"] == 22
    failing = [finding for finding in found["findings"] if finding["holds"] is False]
    assert [finding["number"] for finding in failing] == [22]
    assert "Enable extension mobility" in failing[0]["remedy"]
    refused = client.post(
        "/api/v1/log-in", {"user_id": "alice", "device": "SEP0011AA220004"}, "application/json",
        headers=headers("admin"),
    )  # fmt: skip
    assert (refused.status_code, refused.json()["number"]) == (409, 22)

    Phone.objects.filter(name="SEP0011AA220004").update(em_enabled=True)
    assert explain(client, "alice", "SEP0011AA220004")["outcome"] is None
    granted = client.post(
        "/api/v1/log-in", {"user_id": "alice", "device": "SEP0011AA220004"}, "application/json",
        headers=headers("admin"),
    )  # fmt: skip
    assert granted.status_code == 200
    assert [s["device"] for s in client.get("/api/v1/sessions", headers=headers("dana")).json()] == ["SEP0011AA220004"]


def test_explain_lists_every_condition_also_for_somebody_and_something_unknown(client: Client) -> None:
    numbers = [finding["number"] for finding in explain(client, "nobody", "SEPNONE")["findings"]]
    assert numbers == [finding["number"] for finding in explain(client, "alice", "SEP0011AA220006")["findings"]]
    unknown = {f["number"]: f["holds"] for f in explain(client, "nobody", "SEPNONE")["findings"]}
    assert unknown[11] is False
    assert unknown[201] is False
    assert unknown[22] is None
    assert unknown[205] is None


def test_the_help_desk_logs_out_and_explains_but_logs_nobody_in(client: Client) -> None:
    body = {"user_id": "alice", "device": "SEP0011AA220006"}
    assert client.post("/api/v1/log-in", body, "application/json", headers=headers("dana")).status_code == 401
    assert client.post("/api/v1/log-in", body, "application/json", headers=headers("admin")).status_code == 200
    out = client.post("/api/v1/log-out", {"device": body["device"]}, "application/json", headers=headers("dana"))
    assert (out.status_code, out.json()["user_id"]) == (200, "alice")
    assert client.get("/api/v1/sessions", headers=headers("dana")).json() == []


@pytest.mark.parametrize("who", ["alice", "emproxy", "nobody"])
def test_nobody_without_a_role_gets_in(client: Client, who: str) -> None:
    answer = client.get("/api/v1/sessions", headers=headers(who))
    assert answer.status_code == 401
    assert client.get("/api/v1/sessions").status_code == 401
    assert client.get("/api/v1/sessions", headers=headers("admin", "wrong")).status_code == 401


def test_odd_names_are_refused_with_a_clear_error(client: Client) -> None:
    for value in ("\x00", "x" * 129):
        answer = client.get("/api/v1/explain", {"user": value, "device": "SEP"}, headers=headers("admin"))
        assert answer.status_code == 422
