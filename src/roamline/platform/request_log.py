"""One log line per request: what, for which device, the answer and how long it took. Never the query string (S-1)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponseBase

from roamline.platform import logs, metrics

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,128}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PATH_LIMIT = 200
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestLog:
    """Django middleware: gives each request an id, logs its end and counts it.

    The id is the caller's ``X-Request-Id`` when it is well-formed, else a fresh one; it goes back in the answer and
    into every line that is logged meanwhile. Of the query only ``device`` is logged: PINs travel in queries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = request_id_of(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
            seconds = time.perf_counter() - started
            metrics.count_request(request.method, response.status_code, seconds)
            if request.path not in QUIET:
                # Nothing here is a secret, so the quick way is open.
                logs.write_line(
                    "roamline.requests",
                    "request",
                    request_id=request_id,
                    method=request.method,
                    path=request.path[:PATH_LIMIT],
                    device=device_of(request),
                    status=response.status_code,
                    ms=round(seconds * 1000, 1),
                )
        response.headers["X-Request-Id"] = request_id
        return response


def request_id_of(request: HttpRequest) -> str:
    """The caller's request id when it is well-formed, else a fresh one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")  # request.headers would read all of them
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def device_of(request: HttpRequest) -> str | None:
    """The device named in the query; ``?`` when what is there is no device name."""
    named = request.GET.get("device")
    if named is None:
        return None
    return named if _DEVICE.fullmatch(named) else "?"
