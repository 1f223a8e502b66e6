"""The RSGI application of the files process: phones' files; and health and metrics, as on every other port."""

from __future__ import annotations

import os
from collections.abc import Callable

import django
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_files")
django.setup()

from roamline.doors.provisioning.http import FilesApplication  # noqa: E402 - Django's applications come first
from roamline.platform import metrics  # noqa: E402
from roamline.processes import health  # noqa: E402

PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": health.healthz,
    "/readyz": health.readyz,
    "/metrics": metrics.view,
}


def _page(path: str, source: str) -> tuple[int, str, bytes]:
    request = HttpRequest()
    request.method, request.path, request.META = "GET", path, {"REMOTE_ADDR": source}
    try:
        response = PAGES[path](request)
    except Http404:
        return 404, "text/plain; charset=utf-8", b"404\n"
    finally:
        close_old_connections()
    return response.status_code, response.headers["Content-Type"], response.content


urlpatterns: list[object] = []
application = FilesApplication(dict.fromkeys(PAGES, _page))
