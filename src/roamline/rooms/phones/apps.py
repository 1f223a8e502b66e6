"""The phones room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PhonesConfig(AppConfig):
    """Models, device pools, phones, device profiles, lines, buttons, phone services."""

    name = "roamline.rooms.phones"
    label = "phones"
    verbose_name = "Device"

    def ready(self) -> None:
        """Have what phones can do in the phone feature list."""
        from roamline.rooms.phones import features

        features.register_own()
