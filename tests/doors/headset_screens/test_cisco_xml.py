"""A Cisco phone shows its headset's screens as XML and answers them (HS-40)."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from roamline.doors.headset_screens import push
from roamline.rooms.headsets import service as headsets
from roamline.rooms.ledger.models import Effect
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Phone
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Execute, Input, Menu, Screen, Text
from scripts import compile_translations
from tests.support import factories
from tests.support.factories import NOW, PIN
from tests.support.headset_site import ALICES, LOBBY, NOBODYS, Device, owner, phone, pinless

# Before any test of the run speaks another language: Django reads its .mo files once.
compile_translations.main()

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_phones")]


@pytest.fixture
def lobby() -> Device:
    """A phone in the lobby; alice has a headset and one profile, chen a headset and two."""
    phone()
    owner("alice", ALICES)
    owner("chen", "QPK1234C003", profiles=("EM_chen_desk", "EM_chen_lab"))
    return Device()


def shown(client: Client, url: str = f"/headset?device={LOBBY}", **form: str) -> Screen:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}"
    answer = client.post(path, form) if form else client.get(path)
    assert answer.status_code == 200
    screen = phone_xml.read(answer.content)
    assert isinstance(screen, Text | Input | Menu)
    return screen


def key(screen: Screen, name: str) -> str:
    return next(each.url for each in screen.soft_keys if each.name == name)


def test_the_form_is_filled_in_and_associates(client: Client, lobby: Device) -> None:
    lobby.connects(NOBODYS)
    form = shown(client)
    assert isinstance(form, Input)
    assert [(item.parameter, item.masked) for item in form.items] == [("userid", False), ("pin", True)]
    wrong = shown(client, form.url, userid="alice", pin="99999")
    assert isinstance(wrong, Input)
    assert "201" in wrong.prompt
    done = shown(client, wrong.url, userid="alice", pin=PIN)
    assert isinstance(done, Text)
    assert "alice" in done.text
    assert isinstance(shown(client, key(done, "Sign in")), Text)
    assert lobby.user == "alice"


def test_a_profile_is_chosen_from_a_menu_before_the_pin(client: Client, lobby: Device) -> None:
    lobby.connects("QPK1234C003")
    menu = shown(client)
    assert isinstance(menu, Menu)
    assert [item.name for item in menu.items] == ["EM_chen_desk", "EM_chen_lab"]
    form = shown(client, menu.items[1].url)
    assert isinstance(form, Input)
    assert [item.parameter for item in form.items] == ["pin"]
    shown(client, form.url, pin=PIN)
    assert lobby.user == "chen"
    from roamline.rooms.mobility.models import LoginSession

    assert LoginSession.objects.get().profile.name == "EM_chen_lab"


def test_a_countdown_is_shown_anew_and_can_be_cancelled(client: Client, lobby: Device) -> None:
    pinless()
    device = Device(LOBBY)
    device.connects("QPK1234C003")
    answer = client.get(f"/headset?device={LOBBY}")
    assert answer.headers["Refresh"].endswith(f"/headset?device={LOBBY}")
    screen = phone_xml.read(answer.content)
    assert isinstance(screen, Text)
    assert "Time left" in screen.text
    menu = shown(client, key(screen, "Profile"))
    assert isinstance(menu, Menu)
    shown(client, key(screen, "Cancel"))
    assert lobby.shows == "nothing"


def test_skip_and_menu(client: Client, lobby: Device) -> None:
    nothing = shown(client)
    assert [each.name for each in nothing.soft_keys] == ["Exit"]
    lobby.connects(NOBODYS)
    question = shown(client, key(shown(client), "Exit"))
    shown(client, key(question, "Yes"))
    assert lobby.shows == "nothing"
    assert isinstance(shown(client, key(shown(client), "Associate")), Input)


def test_an_unknown_device_and_odd_values_are_met(client: Client, lobby: Device) -> None:
    assert client.get("/headset?device=nowhere").status_code == 404
    assert client.get("/headset").status_code == 404
    assert client.put(f"/headset?device={LOBBY}").status_code == 405
    lobby.connects(NOBODYS)
    for odd in ("key=nonsense", "key=submit&screen=x", "choose=99999", "choose=-1", "key=\x00"):
        assert client.get(f"/headset?device={LOBBY}&{odd}").status_code == 200
    assert lobby.shows == "association_form"


@pytest.mark.parametrize(("locale", "word"), [("en", "Submit"), ("zh", "提交"), ("ko", "제출")])
def test_screens_speak_the_phones_language(client: Client, locale: str, word: str) -> None:
    made = phone()
    made.own_profile.user_locale = locale
    made.own_profile.save()
    factories.user("alice")
    Device().connects(NOBODYS)
    assert word in [each.name for each in shown(client).soft_keys]


@pytest.mark.proves("HS-15")
def test_a_phone_that_reaches_only_the_tls_ports_gets_the_same_screens_with_links_over_tls(
    client: Client, lobby: Device
) -> None:
    lobby.connects(ALICES)
    form = phone_xml.read(client.get(f"/headset?device={LOBBY}", secure=True).content)
    assert isinstance(form, Input)
    urls = [form.url, *(each.url for each in form.soft_keys if each.url.startswith("http"))]
    assert {urlsplit(url).scheme for url in urls} == {"https"}
    assert {urlsplit(url).port for url in urls} == {8443}
    parts = urlsplit(form.url)
    client.post(f"{parts.path}?{parts.query}", {"pin": PIN}, secure=True)
    assert lobby.user == "alice"


@pytest.mark.proves("EM-2")
def test_a_phone_in_ipv6_mode_gets_links_to_the_sites_ipv6_address(
    client: Client, lobby: Device, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_ipv6", "2001:db8::1")
    Phone.objects.update(ip_addressing_mode="ipv6")
    lobby.connects(ALICES)
    form = shown(client)
    assert isinstance(form, Input)
    urls = [form.url, *(each.url for each in form.soft_keys if each.url.startswith("http"))]
    assert {urlsplit(url).hostname for url in urls} == {"2001:db8::1"}
    assert [urlsplit(item.url).hostname for item in push.order_for(LOBBY).items] == ["2001:db8::1"]


class _FakePhone(BaseHTTPRequestHandler):
    taken: list[tuple[str, str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, self.headers["Authorization"], body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'<CiscoIPPhoneResponse><ResponseItem Status="0" Data="" URL=""/></CiscoIPPhoneResponse>')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def test_a_phone_is_told_to_open_its_screen_with_its_own_password(lobby: Device) -> None:
    lobby.connects(ALICES)
    assert Effect.objects.filter(kind=headsets.SHOW_SCREEN, subject=LOBBY).exists()
    server = HTTPServer(("127.0.0.1", 0), _FakePhone)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        assert push.push("127.0.0.1", LOBBY, push.order_for(LOBBY), server.server_port)
    finally:
        thread.join()
        server.server_close()
    path, authorization, body = _FakePhone.taken[-1]
    assert path == "/CGI/Execute"
    import base64

    user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    assert (user, password) == (LOBBY, secrets.push_password_of(LOBBY).reveal())
    order = phone_xml.read(parse_qs(body.decode())["XML"][0])
    assert isinstance(order, Execute)
    assert order.items[0].url.endswith(f"/headset?device={LOBBY}")
    assert len(body) < 512, "older phones read no more"


def test_a_phone_that_does_not_answer_is_left_alone_after_a_while(lobby: Device) -> None:
    assert not push.push("127.0.0.1", LOBBY, push.order_for(LOBBY), 1)
    push.show_screen(LOBBY, 1, {"since": NOW.isoformat()}, NOW)


def test_what_the_phone_itself_answered_is_not_pushed(client: Client, lobby: Device) -> None:
    lobby.connects(ALICES)
    Effect.objects.all().delete()
    form = shown(client)
    shown(client, key(form, "Exit"))
    assert not Effect.objects.filter(kind=headsets.SHOW_SCREEN).exists()
