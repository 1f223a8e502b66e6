"""Headset screens on Cisco phones as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class HeadsetScreensConfig(AppConfig):
    """Pushes headset screens."""

    name = "roamline.doors.headset_screens"
    label = "headset_screens"

    def ready(self) -> None:
        """Take part in effects."""
        from roamline.doors.headset_screens import push  # noqa: F401 - registers its handler
