"""``/healthz``: the process is up. ``/readyz``: it can serve, because the database answers and is migrated (MT-1)."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from roamline.platform.readiness import is_migrated


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 for as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration, else 503 with what is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        migrated = is_migrated()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "does not answer"}, status=503)
    if not migrated:
        return JsonResponse({"status": "unavailable", "database": "is not migrated"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
