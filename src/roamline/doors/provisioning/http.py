"""Phones' files over HTTP (6970): a WSGI application in front of Django.

It stands in front because a thousand phones restart at once when their shift begins: a fetch that changes nothing
costs one statement and no request object. What it does not know (health, metrics) it leaves to Django.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import structlog

from roamline.doors.provisioning import networks
from roamline.doors.provisioning.answering import Answer, Content, Found, Refusal, answer
from roamline.platform import metrics

log = structlog.get_logger("roamline.requests")

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

CHUNK = 256 * 1024
LONGEST_LOGGED_NAME = 200
LEFT_TO_DJANGO = frozenset({"/healthz", "/readyz", "/metrics"})

_STATUS = {
    Refusal.NOT_FOUND: "404 Not Found",
    Refusal.FORBIDDEN: "403 Forbidden",
    Refusal.BAD_NAME: "404 Not Found",
    Refusal.UNAVAILABLE: "503 Service Unavailable",
}
_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json"}
_RETRY_AFTER = ("Retry-After", "5")


def application(otherwise: Application) -> Application:
    """The files' WSGI application; ``otherwise`` answers health and metrics."""

    def serve(environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in LEFT_TO_DJANGO:
            return otherwise(environ, start_response)
        return _serve(environ, start_response, path[1:])

    return serve


def _serve(environ: Environ, start_response: Any, name: str) -> Iterable[bytes]:
    began = time.perf_counter()
    body: Content
    method, source = environ["REQUEST_METHOD"], environ.get("REMOTE_ADDR", "")
    if method not in ("GET", "HEAD"):
        status, headers, body = _text("405 Method Not Allowed", [("Allow", "GET, HEAD")])
    else:
        status, headers, body = _response(name, answer(name, source, datetime.now(UTC)))
    start_response(status, headers)
    _note(method, name, source, status, time.perf_counter() - began)
    return [] if method == "HEAD" else _chunks(body)


def _response(name: str, found: Answer) -> tuple[str, list[tuple[str, str]], Content]:
    if isinstance(found, Refusal):
        return _text(_STATUS[found], [_RETRY_AFTER] if found is Refusal.UNAVAILABLE else [])
    return "200 OK", _headers(name, found), found.content


def _headers(name: str, found: Found) -> list[tuple[str, str]]:
    return [
        ("Content-Type", _TYPES.get(name.rpartition(".")[2], "application/octet-stream")),
        ("Content-Length", str(len(found.content))),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store" if found.is_secret else "no-cache"),
    ]


def _text(status: str, more: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]], bytes]:
    body = f"{status}\n".encode()
    return status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *more], body


def _chunks(body: Content) -> Iterable[bytes]:
    return [body] if isinstance(body, bytes) else _slices(body)


def _slices(body: Content) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def _note(method: str, name: str, source: str, status: str, seconds: float) -> None:
    """One log line and one count per fetch, as for every other request: here a restarting phone is seen to come."""
    code = int(status[:3])
    metrics.count_request(method, code, seconds)
    log.info(
        "file fetched",
        protocol="http",
        file=name[:LONGEST_LOGGED_NAME],
        source=networks.plain(source),
        status=code,
        ms=round(seconds * 1000, 1),
    )
