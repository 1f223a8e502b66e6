"""Post one Execute to a phone, with the credentials that the phone asks this site about (``/authenticate``)."""

from __future__ import annotations

import base64
import http.client
from dataclasses import dataclass

from roamline.rooms.phones import secrets
from roamline.wires.phone_xml import Execute, push_form

PATH = "/CGI/Execute"
TIMEOUT_SECONDS = 3.0
MOST_ANSWER_BYTES = 8192


class NotPushed(Exception):
    """The phone did not take it: it is away, restarting, or refuses; the message says which."""


@dataclass(frozen=True, slots=True)
class Target:
    """A phone's web server."""

    device: str
    address: str
    port: int


def push(to: Target, execute: Execute) -> None:
    """Have a phone do something now.

    Errors: NotPushed when it does not answer 200.
    """
    body = push_form(execute)
    password = secrets.push_password_of(to.device).reveal()
    credentials = base64.b64encode(f"{to.device}:{password}".encode()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {credentials}"}
    connection = http.client.HTTPConnection(to.address, to.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", PATH, body, headers)
        response = connection.getresponse()
        response.read(MOST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotPushed(f"{to.device}: {type(error).__name__}") from error
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise NotPushed(f"{to.device}: HTTP {response.status}")
