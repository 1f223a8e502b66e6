"""The bulk room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Bulk administration: tables imported and exported as jobs."""

    name = "roamline.rooms.bulk"
    label = "bulk"
    verbose_name = "Bulk administration"
