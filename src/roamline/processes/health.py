"""``/healthz``: the process is up. ``/readyz``: it can serve, because the database answers and is migrated (MT-1)."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

_migrated = False


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


def is_migrated() -> bool:
    """Whether every migration is applied; once it was so for this process, it is not asked again."""
    global _migrated  # noqa: PLW0603 - a database is not un-migrated under a running process
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
