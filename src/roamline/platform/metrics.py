"""Metrics for Prometheus: one registry per process, rendered at ``/metrics`` for loopback callers only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

registry = CollectorRegistry()

requests = Counter("roamline_http_requests_total", "HTTP requests answered.", ["method", "status"], registry=registry)
request_seconds = Histogram(
    "roamline_http_request_seconds",
    "Time from a request's arrival to its answer.",
    registry=registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
engine_rounds = Counter(
    "roamline_engine_rows_total", "Deadlines fired and effects performed.", ["kind"], registry=registry
)

LOOPBACK = ("127.0.0.1", "::1")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def count_request(method: str | None, status: int, seconds: float) -> None:
    """Count one answered request; methods nobody knows are counted as one, so that a caller cannot add series."""
    requests.labels(method if method in _METHODS else "other", str(status)).inc()
    request_seconds.observe(seconds)


def view(request: HttpRequest) -> HttpResponse:
    """This process's metrics (MT-1); anybody but this machine gets a 404."""
    if request.META.get("REMOTE_ADDR") not in LOOPBACK:
        raise Http404
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
