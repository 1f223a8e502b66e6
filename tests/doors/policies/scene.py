"""What happens in front of a phone, over real requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.test import Client

from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters.rules import Parameter
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Input, Menu, Text
from tests.doors.em_api.application import Application
from tests.support import factories
from tests.support.factories import PIN

LOBBY, FLOOR, DISABLED = "SEP0011AA220001", "SEP0011AA220002", "SEP0011AA220004"
EM_APP = "/emapp/EMAppServlet"
CHANGE = "/changecredential/ChangeCredentialServlet"

Shown = Text | Input | Menu


@dataclass(slots=True)
class Scene:
    """The doors as a phone at ``address`` sees them."""

    address: str = "192.0.2.7"
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)
    api: Application = field(default_factory=Application)

    def answer(self, path: str, **query: str) -> HttpResponse:
        """The raw answer to a GET."""
        return self.client.get(path, query, REMOTE_ADDR=self.address, **self.headers)  # type: ignore[arg-type,return-value]

    def show(self, path: str, **query: str) -> Shown:
        """What the phone shows after a GET."""
        shown = phone_xml.read(self.answer(path, **query).content)
        assert isinstance(shown, Text | Input | Menu)
        return shown

    def open(self, device: str = LOBBY, **query: str) -> Shown:
        """Open the log-in service."""
        return self.show(EM_APP, device=device, **query)

    def log_in(self, userid: str = "alice", seq: str = PIN, device: str = LOBBY, **query: str) -> str:
        """Type id and PIN; the text that the phone shows."""
        return text_of(self.open(device, userid=userid, seq=seq, **query))

    def log_out(self, device: str = LOBBY) -> str:
        """Confirm the log-out."""
        return text_of(self.open(device, doLogout="true"))

    def submit(self, form: Shown, **typed: str) -> Shown:
        """Fill a form in and send it, as a phone does: what was typed is added to the form's URL."""
        assert isinstance(form, Input), form
        return self.follow(form.url, **typed)

    def follow(self, url: str, **more: str) -> Shown:
        """Call a URL that was shown."""
        parts = urlsplit(url)
        return self.show(parts.path, **dict(parse_qsl(parts.query)), **more)

    def set(self, parameter: Parameter, value: str) -> None:
        """Change a parameter, now."""
        factories.set_parameter(parameter, value, datetime.now(UTC))


def text_of(shown: Shown) -> str:
    """All the words of a screen."""
    if isinstance(shown, Text):
        return shown.text
    return f"{shown.title} / {shown.prompt}"


def who_is_on(device: str = LOBBY) -> str | None:
    """Who is logged in on a phone."""
    return mobility.users_on([device])[device.lower()].user_id


def now() -> datetime:
    """The real time: requests take no other."""
    return datetime.now(UTC)
