"""Addresses of the files process (6970) that are not files."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from roamline.platform import metrics
from roamline.processes import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.view),
]
