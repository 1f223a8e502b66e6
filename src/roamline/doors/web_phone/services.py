"""Opens a phone service as a phone does: over HTTP on the phone-facing port, with XML as the answer.

The connection always goes to this node's own port, whatever a link says about host and port; redirections are not
followed.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

from django.conf import settings

from roamline.doors.web_phone.links import Links, Target
from roamline.kernel.secret import Secret
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Execute, Input, Menu, Text
from roamline.wires.safe_xml import MalformedXml

PATIENCE = 20.0
LARGEST_ANSWER = 64 * 1024
MOST_HOPS = 3

Screen = Text | Input | Menu


class ServiceError(Exception):
    """The service gave nothing that a phone can show; the message says what, for the log."""


def open_screen(links: Links, target: Target, fields: dict[str, Secret], language: str) -> Screen | None:
    """The screen that a service answers with; None when it only asks the phone to close the services.

    Errors: ServiceError when the service does not answer, or answers with what is no screen.
    """
    for _hop in range(MOST_HOPS):
        answer = _read(_fetch(target, fields, language))
        if isinstance(answer, Text | Input | Menu):
            return answer
        following = _next_target(links, answer)
        if following is None:
            return None
        target, fields = following, {}
    raise ServiceError("the service leads from one address to the next")


def _read(body: bytes) -> Screen | Execute:
    try:
        answer = phone_xml.read(body)
    except MalformedXml as error:
        raise ServiceError(f"the service answered with what is no screen: {error}") from None
    if not isinstance(answer, Text | Input | Menu | Execute):
        raise ServiceError("the service answered with what is no screen")
    return answer


def _next_target(links: Links, execute: Execute) -> Target | None:
    link = next((links.seal(item.url) for item in execute.items if item.is_http), None)
    return links.open(link) if link else None


def _fetch(target: Target, fields: dict[str, Secret], language: str) -> bytes:
    typed = {name: value.reveal() for name, value in fields.items()}
    headers = {"Accept": "text/xml, x-CiscoIPPhone/*", "Accept-Language": language, "User-Agent": "Roamline web phone"}
    connection = http.client.HTTPConnection(_address(), int(settings.CONFIG["phones.port"]), timeout=PATIENCE)
    try:
        if target.posts:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", f"{target.path}?{target.query}", urlencode(typed), headers)
        else:
            connection.request("GET", f"{target.path}?{target.with_fields(typed)}", headers=headers)
        response = connection.getresponse()
        body = response.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ServiceError(f"the service does not answer: {type(error).__name__}") from None
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK or len(body) > LARGEST_ANSWER:
        raise ServiceError(f"the service answered with status {response.status} and {len(body)} bytes")
    return body


def _address() -> str:
    bind = str(settings.CONFIG["phones.bind"]).strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - these are read, not bound
