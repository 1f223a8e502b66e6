"""What every service for phones does with a request before and after its own part.

A phone reads XML and HTTP 200; it gets HTTP 503 with Retry-After where a service is stopped on this node (EM-1), 210
until the database is migrated, 6 when it does not answer, and 0 with a reference for a failure that nobody foresaw.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from roamline.doors.phone_screens import asking, screens
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.platform.readiness import is_migrated
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.moment import one_moment
from roamline.rooms.parameters.rules import EM_APPLICATION, PHONE_SERVICES
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Input, Menu, Text

log = structlog.get_logger(__name__)

Screen = Text | Input | Menu
Show = Callable[[Asked, PhoneFacts | None, datetime], Screen]

NEEDED = frozenset({EM_APPLICATION.name, PHONE_SERVICES.name})


def answer(request: HttpRequest, show: Show) -> HttpResponse:
    """Answer a phone with the screen that ``show(asked, phone, now)`` gives, in the phone's language."""
    asked = asking.read(request)
    try:
        with one_moment():
            return _answered(asked, show)
    except Exception:
        reference = uuid4().hex[:8]
        log.exception("a phone's request failed", device=asked.device, reference=reference)
        return _rendered(asked, Refused(Error.UNKNOWN_ERROR), reference=reference)


def _answered(asked: Asked, show: Show) -> HttpResponse:
    refused = _obstacle()
    if isinstance(refused, HttpResponse):
        return refused
    return _not_begun(asked, refused) if refused else _shown(asked, show)


def _shown(asked: Asked, show: Show) -> HttpResponse:
    phone = mobility.phone_facts(asked.device) if asked.device else None
    if isinstance(phone, Refused):
        return _not_begun(asked, phone)
    with translation.override(asking.language_for(phone.locale if phone else "", asked.accept_language)):
        return _response(show(asking.for_phone(asked, phone) if phone else asked, phone, timezone.now()))


def _not_begun(asked: Asked, refused: Refused) -> HttpResponse:
    """Refuse what could not even begin; a log-in or log-out that the database failed is audited when it is back."""
    if refused.error is Error.DATABASE_ERROR and (asked.do_logout or not asked.opens_the_service):
        action, identifier = ("em.logout", "") if asked.do_logout else ("em.login", asked.identifier or "")
        by = mobility.By(identifier, mobility.Way.PHONE, asked.connection)
        mobility.settle(action, asked.device, identifier, refused, by, timezone.now())
    return _rendered(asked, refused)


@mobility.as_database_error
def _obstacle() -> Refused | HttpResponse | None:
    """Why nothing can be shown now: the site is not ready, or what answers phones is stopped on this node."""
    if not is_migrated():
        return Refused(Error.INIT_FAILED, "the database is not migrated")
    if activation.stopped_here() & NEEDED:
        return HttpResponse(status=503, headers={"Retry-After": str(activation.RETRY_AFTER_SECONDS)})
    return None


def _rendered(asked: Asked, refused: Refused, reference: str = "") -> HttpResponse:
    url = screens.own_url(asked.base_url, asked.device, asked.login_type, emcc=asked.emcc)
    with translation.override(asking.language_for("", asked.accept_language)):
        return _response(screens.refusal(refused.error, at_log_out=asked.do_logout, retry_url=url, reference=reference))


def _response(screen: Screen) -> HttpResponse:
    response = HttpResponse(phone_xml.render(screen), content_type=phone_xml.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))  # simple clients do not read chunked answers
    return response
