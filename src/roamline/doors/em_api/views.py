"""``/emservice/EMServiceServlet``: POST with the form field ``xml``; HTTP 200 with XML whatever the outcome."""

from __future__ import annotations

import structlog
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from roamline.doors.em_api import callers, operations
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.wires.em_api import CONTENT_TYPE, Failure, ParseFailure, Response, parse_request, render_response

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
    now = timezone.now()
    try:
        caller = callers.authenticate(parsed.app_info, now)
        if isinstance(caller, Refused):
            return Failure(caller.error)
        return operations.perform(parsed, caller, request.META.get("REMOTE_ADDR", ""), now)
    except DatabaseFailure as failure:
        log.error("database trouble", error=type(failure).__name__)
        return Failure(Error.DATABASE_ERROR)
