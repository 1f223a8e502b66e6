"""What a web phone makes of a service's answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.utils import translation

from roamline.doors.web_phone import screens, services
from roamline.doors.web_phone.links import Links
from roamline.kernel.secret import Secret
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Execute, ExecuteItem, Input, InputItem, InputKind, Menu, MenuItem, SoftKey, Text

DEVICE = "SEP0011AA220007"
Answers = Callable[[int, bytes], None]


class Service(ThreadingHTTPServer):
    """A phone service that answers what a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, str]] = []
        self.answers: list[tuple[int, bytes]] = []

    def url(self, path: str = "/service") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, self.path, body))
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with Service() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setitem(settings.CONFIG.values, "phones.port", running.server_port)
        yield running
        running.shutdown()


def open_it(service: Service, url: str = "", *, posts: bool = False, **fields: str) -> services.Screen | None:
    links = Links(DEVICE, [service.url(), service.url("/other")])
    link = links.seal(url or service.url(), posts=posts)
    assert link is not None
    target = links.open(link)
    assert target is not None
    return services.open_screen(links, target, {name: Secret(value) for name, value in fields.items()}, "ko")


def test_what_is_typed_in_travels_as_the_screen_says(service: Service) -> None:
    service.answers = [(200, phone_xml.render(Text("a", "b")))] * 2
    open_it(service, service.url("/service?x=1"), q="ü")
    open_it(service, service.url("/service?x=1"), posts=True, seq="123")
    assert service.asked == [("GET", "/service?x=1&q=%C3%BC", ""), ("POST", "/service?x=1", "seq=123")]


def test_a_service_can_lead_on_to_another_of_this_phones_or_close_the_services(service: Service) -> None:
    service.answers = [
        (200, phone_xml.render(Execute((ExecuteItem("Init:CallHistory"), ExecuteItem(service.url("/other")))))),
        (200, phone_xml.render(Text("there", ""))),
        (200, phone_xml.render(Execute((ExecuteItem("Init:Services"),)))),
        (200, phone_xml.render(Execute((ExecuteItem("http://news.example/"),)))),
    ]
    shown = open_it(service)
    assert isinstance(shown, Text)
    assert shown.title == "there"
    assert open_it(service) is None
    assert open_it(service) is None


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>no phone object</html>"),
        (200, b""),
        (200, b'<CiscoIPPhoneError Number="4"/>'),
        (200, b"<CiscoIPPhoneText><Text>" + b"x" * 70_000 + b"</Text></CiscoIPPhoneText>"),
        (302, phone_xml.render(Text("a", "b"))),
        (500, phone_xml.render(Text("a", "b"))),
    ],
)
def test_what_is_no_screen_is_an_error(service: Service, answer: tuple[int, bytes]) -> None:
    service.answers = [answer]
    with pytest.raises(services.ServiceError):
        open_it(service)


def test_a_service_that_leads_in_a_circle_is_left(service: Service) -> None:
    service.answers = [(200, phone_xml.render(Execute((ExecuteItem(service.url()),))))] * 3
    with pytest.raises(services.ServiceError):
        open_it(service)


def test_a_service_that_is_down_is_an_error(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    url = service.url()
    monkeypatch.setitem(settings.CONFIG.values, "phones.bind", "127.0.0.2")
    with pytest.raises(services.ServiceError):
        open_it(service, url)


URL = "http://127.0.0.1:8080/service"
LINKS = Links(DEVICE, [URL])


def test_a_form_becomes_fields_and_a_masked_one_is_posted() -> None:
    form = Input("t", URL, (InputItem("Id", "userid", default="al"), InputItem("PIN", "seq", InputKind.NUMERIC, True)))
    shown = screens.as_json(form, LINKS)
    assert [(f["name"], f["kind"], f["value"]) for f in shown["fields"]] == [
        ("userid", "text", "al"),
        ("seq", "pin", ""),
    ]
    target = LINKS.open(shown["submit"])
    assert target is not None
    assert target.posts
    assert [key["key"] for key in shown["softkeys"]] == ["submit", "erase", "exit"]


def test_a_menus_items_are_links_and_foreign_ones_are_dead() -> None:
    shown = screens.as_json(Menu("t", (MenuItem("own", f"{URL}?a=1"), MenuItem("foreign", "http://x.example/"))), LINKS)
    assert [(item["label"], item["link"] is not None) for item in shown["items"]] == [("own", True), ("foreign", False)]
    assert [key["key"] for key in shown["softkeys"]] == ["select", "exit"]


def test_soft_keys_stand_in_their_places_and_do_what_their_addresses_say() -> None:
    keys = (SoftKey("No", 2, "SoftKey:Exit"), SoftKey("Yes", 1, f"{URL}?yes=1"), SoftKey("Dial", 3, "Dial:112"))
    shown = screens.as_json(Text("t", "Log out?", soft_keys=keys), LINKS)
    assert [(key["label"], key["key"], bool(key["link"])) for key in shown["softkeys"]] == [
        ("Yes", "open", True),
        ("No", "exit", False),
        ("Dial", "open", False),
    ]


def test_a_failure_offers_to_try_again_in_the_phones_language() -> None:
    with translation.override("zh-hans"):
        shown = screens.failure("link")
    assert (shown["title"], shown["softkeys"][0]) == ("服务", {"label": "重试", "key": "open", "link": "link"})
