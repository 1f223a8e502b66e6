"""The phones room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PhonesConfig(AppConfig):
    """Models, device pools, phones, device profiles, lines, buttons, phone services."""

    name = "roamline.rooms.phones"
    label = "phones"
    verbose_name = "Device"
