"""Addresses of the web process (8090): administration, web interface, REST and the device API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from roamline.platform import metrics
from roamline.processes import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.view),
]
