"""The dialplan room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class DialplanConfig(AppConfig):
    """Partitions, calling search spaces, numbers, patterns, trunks."""

    name = "roamline.rooms.dialplan"
    label = "dialplan"
    verbose_name = "Call routing"
