"""``/emservice/EMServiceServlet``: POST with the form field ``xml``; HTTP 200 with XML whatever the outcome."""

from __future__ import annotations

from uuid import uuid4

import structlog
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from roamline.doors.em_api import callers, operations
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters.moment import one_moment
from roamline.wires.em_api import CONTENT_TYPE, Failure, ParseFailure, Request, Response, parse_request, render_response

LONGEST_HEADER = 1000

log = structlog.get_logger(__name__)


@csrf_exempt  # callers authenticate in the XML; there is no session to ride on
@require_POST
def em_service(request: HttpRequest) -> HttpResponse:
    """Answer one EM API request."""
    response = HttpResponse(render_response(_answer(request)), content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))  # simple clients do not read chunked answers
    return response


def _answer(request: HttpRequest) -> Response:
    xml = request.POST.get("xml")
    if xml is None:
        return Failure(Error.PARSE_ERROR, "the form field xml is missing")
    parsed = parse_request(xml)
    if isinstance(parsed, ParseFailure):
        return Failure(parsed.error)
    try:
        with one_moment():
            return _performed(request, parsed)
    except DatabaseFailure as failure:
        log.error("database trouble", error=type(failure).__name__)
        return Failure(Error.DATABASE_ERROR)
    except Exception:
        reference = uuid4().hex[:8]
        log.exception("an EM API request failed", reference=reference)
        return Failure(Error.UNKNOWN_ERROR, f"reference {reference}")


def _performed(request: HttpRequest, parsed: Request) -> Response:
    stopped = mobility.objection_of_service()
    if stopped:
        return Failure(stopped.error)
    now = timezone.now()
    headers = request.META
    origin = mobility.origin_of(
        headers.get("REMOTE_ADDR", ""),
        headers.get("HTTP_X_FORWARDED_FOR", "")[-LONGEST_HEADER:],
        headers.get("HTTP_VIA", "")[:LONGEST_HEADER],
    )
    if isinstance(origin, Refused):
        return Failure(origin.error)
    caller = callers.authenticate(parsed.app_info, now, origin.address)
    return Failure(caller.error) if isinstance(caller, Refused) else operations.perform(parsed, caller, origin, now)
