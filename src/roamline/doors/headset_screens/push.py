"""Pushing: a Cisco phone is told over HTTP to open its headset screen, or to close it.

The phone's address is where its SIP registration comes from; the user and password of the push are the device's own,
and the phone asks ``/authenticate`` whether they are right. A phone that does not answer is told again a few times:
its user can open the screen by the service's button all the while.
"""

from __future__ import annotations

import base64
import http.client
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from roamline.doors.headset_screens.rendering import Links
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.screens import view_of
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones import addressing, secrets
from roamline.wires import phone_xml
from roamline.wires.phone_xml import CLOSE_SERVICES, Execute, ExecuteItem

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 2.0
AGAIN_AFTER_SECONDS = 3.0
WORTH_WHILE = timedelta(seconds=12)
LARGEST_ANSWER = 65_536


@ledger.on_effect(headsets.SHOW_SCREEN)
def show_screen(subject: str, _version: int, payload: dict[str, Any], now: datetime) -> None:
    """Have a phone open what it is to show, or close it when there is nothing any more.

    A phone whose address nobody knows is left alone. Raises TryAgain while one that should answer does not, for as
    long as a screen is worth it.
    """
    address = headsets.address_of(subject)
    port = int(settings.CONFIG["phones.push_port"])
    if address is None or push(address, subject, order_for(subject), port):
        return
    if now - datetime.fromisoformat(payload["since"]) < WORTH_WHILE:
        raise ledger.TryAgain(AGAIN_AFTER_SECONDS, "the phone does not take the push")


def order_for(device: str) -> Execute:
    """What a phone is to do: open its screen, or close what was opened."""
    view = view_of(device, timezone.now())
    if view is None or view.screen is None:
        return Execute((CLOSE_SERVICES,))
    return Execute((ExecuteItem(Links(device, mode=addressing.mode_of(device)).to()),))


def push(address: str, device: str, order: Execute, port: int) -> bool:
    """POST an order to a phone; whether it took it."""
    credentials = base64.b64encode(f"{device}:{secrets.push_password_of(device).reveal()}".encode()).decode()
    connection = http.client.HTTPConnection(address, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(
            "POST", "/CGI/Execute", phone_xml.push_form(order),
            {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        answer = connection.getresponse()
        answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as failure:
        log.info("a phone could not be told to show a screen", device=device, error=type(failure).__name__)
        return False
    finally:
        connection.close()
    return answer.status == http.client.OK
