"""An application in front of the EM API."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.test import Client
from lxml import etree

from tests.support.factories import PASSWORD

LOBBY, FLOOR, DISABLED = "SEP0011AA220001", "SEP0011AA220002", "SEP0011AA220004"
PATH = "/emservice/EMServiceServlet"


@dataclass(slots=True)
class Application:
    """Posts what clients post; ``appInfo`` is its own unless given."""

    app_id: str = "emproxy"
    password: str = PASSWORD
    client: Client = field(default_factory=Client)

    def post(self, xml: str) -> HttpResponse:
        """Post a document as clients do."""
        return self.client.post(PATH, {"xml": xml})  # type: ignore[return-value]

    def answer(self, root: str, operation: str) -> etree._Element:
        """Send one operation; the only child of the response."""
        app_info = f"<appInfo><appID>{self.app_id}</appID><appCertificate>{self.password}</appCertificate></appInfo>"
        response = self.post(f"<{root}>{app_info}{operation}</{root}>")
        assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
        document = etree.fromstring(response.content)
        assert document.tag == "response"
        (child,) = document
        return child

    def request(self, operation: str) -> int:
        """Send a request; 0 for success, else the error's number."""
        return result(self.answer("request", operation))

    def query(self, operation: str) -> str:
        """Send a query; the results as XML without blanks."""
        return etree.tostring(self.answer("query", operation)).decode()

    def login(self, user: str, device: str = LOBBY, more: str = "") -> int:
        """Log a user in."""
        return self.request(f"<login><deviceName>{device}</deviceName><userID>{user}</userID>{more}</login>")

    def logout(self, device: str = LOBBY) -> int:
        """Log out whoever is on a device."""
        return self.request(f"<logout><deviceName>{device}</deviceName></logout>")


def result(child: etree._Element) -> int:
    """0 for success, else the error's number."""
    if child.tag == "success":
        return 0
    error = child.find("error")
    assert error is not None
    return int(error.get("code", ""))
