"""The authentication URL: whoever pushes something to a phone must know the site's password for it."""

from __future__ import annotations

import pytest
from django.test import Client

from roamline.rooms.phones import secrets

pytestmark = pytest.mark.urls("roamline.processes.urls_phones")

DEVICE = "SEP0011AA220001"


@pytest.fixture
def client() -> Client:
    return Client()


def right() -> dict[str, str]:
    return {"UserID": DEVICE, "Password": secrets.push_password_of(DEVICE).reveal()}


def test_newer_phones_ask_with_get_and_read_exactly_one_word(client: Client) -> None:
    answer = client.get("/authenticate", right())
    assert (answer.status_code, answer.content) == (200, b"AUTHORIZED")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_older_phones_ask_with_post_and_say_who_they_are(client: Client) -> None:
    assert client.post("/authenticate", {**right(), "devicename": DEVICE}).content == b"AUTHORIZED"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"UserID": DEVICE},
        {"UserID": DEVICE, "Password": "guess"},
        {"UserID": "SEP0011AA220002", "Password": None},
        {"UserID": DEVICE, "Password": None, "devicename": "SEP0011AA220002"},
        {"UserID": "x" * 500, "Password": "guess"},
        {"UserID": DEVICE, "Password": "geheim\N{SNOWMAN}"},
    ],
)
def test_nobody_else_may_push(client: Client, wrong: dict[str, str | None]) -> None:
    own = right()["Password"]
    values = {name: own if value is None else value for name, value in wrong.items()}
    assert client.get("/authenticate", values).content == b"UN-AUTHORIZED"
    assert client.post("/authenticate", values).content == b"UN-AUTHORIZED"


def test_each_device_has_a_push_password_of_its_own() -> None:
    assert secrets.push_password_of(DEVICE) != secrets.push_password_of("SEP0011AA220002")
    assert len(secrets.push_password_of(DEVICE).reveal()) == 24
