"""The headsets room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class HeadsetsConfig(AppConfig):
    """Headset Services: inventory, association, sign-in and sign-out by headset."""

    name = "roamline.rooms.headsets"
    label = "headsets"
    verbose_name = "Headset Services"

    def ready(self) -> None:
        """Take part in deadlines and effects, and hear of log-ins and log-outs by whatever way."""
        from roamline.rooms.headsets import features
        from roamline.rooms.headsets.service import running, sign_outs  # noqa: F401 - register their handlers

        features.register()
