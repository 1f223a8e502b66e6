"""The mobility room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class MobilityConfig(AppConfig):
    """Log-in, log-out, the effective configuration, Explain."""

    name = "roamline.rooms.mobility"
    label = "mobility"
    verbose_name = "Extension Mobility"
