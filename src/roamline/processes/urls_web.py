"""Addresses of the web process (8090): administration, web interface, REST and the device API."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from roamline.doors.admin_web.start import start_page
from roamline.doors.device_api.api import stream
from roamline.platform import metrics
from roamline.processes import health
from roamline.processes.rest import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.view),
    path("", start_page, name="start"),
    path("admin/", admin.site.urls),
    path("language/", include("django.conf.urls.i18n")),
    path("api/device/v1/<str:device>/stream", stream),
    path("selfcare/", include("roamline.doors.self_care.urls")),
    path("phone/", include("roamline.doors.web_phone.urls")),
    path("api/", api.urls),
]
