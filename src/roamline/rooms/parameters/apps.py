"""The parameters room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ParametersConfig(AppConfig):
    """Service and enterprise parameters."""

    name = "roamline.rooms.parameters"
    label = "parameters"
    verbose_name = "System"
