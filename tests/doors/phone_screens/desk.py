"""A phone in front of the Extension Mobility application."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

from roamline.wires import phone_xml
from roamline.wires.phone_xml import Input, Menu, Text

LOBBY, FLOOR, DISABLED = "SEP0011AA220001", "SEP0011AA220002", "SEP0011AA220004"
PATH = "/emapp/EMAppServlet"


@dataclass(slots=True)
class DeskPhone:
    """Sends what a phone sends and reads what it is shown; ``sent`` keeps every URL that it was told to call."""

    device: str = LOBBY
    language: str = ""
    client: Client = field(default_factory=Client)
    response: HttpResponse | None = None

    def get(self, **query: str) -> Text | Input | Menu:
        """Call the service with a query and show the answer."""
        headers = {"HTTP_ACCEPT_LANGUAGE": self.language} if self.language else {}
        self.response = self.client.get(PATH, query, **headers)  # type: ignore[assignment,arg-type]
        assert self.response is not None
        assert (self.response.status_code, self.response["Content-Type"]) == (200, "text/xml; charset=utf-8")
        shown = phone_xml.read(self.response.content)
        assert isinstance(shown, Text | Input | Menu)
        return shown

    def open(self, **query: str) -> Text | Input | Menu:
        """Open the service, as the Services key does."""
        return self.get(device=self.device, **query)

    def submit(self, userid: str, seq: str, **query: str) -> Text | Input | Menu:
        """Fill in the form and press Submit."""
        return self.open(userid=userid, seq=seq, **query)

    def follow(self, url: str) -> Text | Input | Menu:
        """Call a URL that a key or a menu item leads to."""
        parts = urlsplit(url)
        assert parts.path == PATH
        return self.get(**{name: values[0] for name, values in parse_qs(parts.query).items()})

    def press(self, shown: Text | Input | Menu, name: str) -> Text | Input | Menu:
        """Press a soft key by its name."""
        return self.follow(key(shown, name))


def key(shown: Text | Input | Menu, name: str) -> str:
    """Where a soft key leads."""
    return next(each.url for each in shown.soft_keys if each.name == name)
