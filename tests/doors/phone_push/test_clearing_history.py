"""A Cisco phone's call history is cleared by push, with credentials that only this phone takes (EM-27)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from roamline.doors.phone_push import effects
from roamline.doors.phone_push.effects import clear_history
from roamline.rooms.ledger.service import TryAgain
from roamline.rooms.phones import addresses
from roamline.rooms.phones.secrets import push_password_of
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

DEVICE = "SEP0011AA220001"


class Phone(BaseHTTPRequestHandler):
    """A phone's web server: notes what it is pushed."""

    pushed: list[tuple[str, str, str]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.pushed.append((self.path, self.headers["Authorization"], parse_qs(body)["XML"][0]))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Phone]]:
    """A registered phone with a web server of its own."""
    server = HTTPServer(("127.0.0.1", 0), Phone)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(effects, "settings", SimpleNamespace(CONFIG={"phones.push_port": server.server_port}))
    monkeypatch.setattr(Phone, "pushed", [])
    monkeypatch.setattr(Phone, "status", 200)
    factories.phone(DEVICE)
    addresses.registered(DEVICE, "127.0.0.1", NOW)
    yield Phone
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.proves("EM-27")
def test_the_phone_is_told_to_clear_its_history_by_whom_it_trusts(phone: type[Phone]) -> None:
    clear_history(DEVICE, 2, {"since": int(NOW.timestamp())}, NOW)
    ((path, authorization, xml),) = phone.pushed
    assert path == "/CGI/Execute"
    assert 'URL="Init:CallHistory"' in xml
    kind, _, given = authorization.partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(given).decode() == f"{DEVICE}:{push_password_of(DEVICE).reveal()}"


@pytest.mark.parametrize("status", [401, 503])
def test_a_phone_that_refuses_is_asked_again_and_given_up_after_ten_minutes(phone: type[Phone], status: int) -> None:
    phone.status = status
    since = {"since": int(NOW.timestamp())}
    with pytest.raises(TryAgain, match=str(status)):
        clear_history(DEVICE, 2, since, NOW + timedelta(minutes=9))
    clear_history(DEVICE, 2, since, NOW + timedelta(minutes=11))
    assert len(phone.pushed) == 2


def test_a_phone_that_is_away_is_waited_for(phone: type[Phone]) -> None:
    addresses.unregistered(DEVICE, "127.0.0.1", 9)
    with pytest.raises(TryAgain, match="not registered"):
        clear_history(DEVICE, 2, {"since": int(NOW.timestamp())}, NOW)


def test_a_software_phone_is_pushed_nothing(phone: type[Phone]) -> None:
    factories.phone("desk1", model=factories.model("Roamline software phone", is_software=True))
    addresses.registered("desk1", "127.0.0.1", NOW)
    clear_history("desk1", 2, {"since": int(NOW.timestamp())}, NOW)
    assert phone.pushed == []
