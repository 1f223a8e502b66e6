"""The push door as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PhonePushConfig(AppConfig):
    """Pushing to Cisco phones."""

    name = "roamline.doors.phone_push"
    label = "phone_push"
    verbose_name = "Pushing to phones"

    def ready(self) -> None:
        """Register what effects do."""
        from roamline.doors.phone_push import effects  # noqa: F401 - registers itself
