"""The mobility room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class MobilityConfig(AppConfig):
    """Log-in, log-out, the effective configuration, Explain."""

    name = "roamline.rooms.mobility"
    label = "mobility"
    verbose_name = "Extension Mobility"

    def ready(self) -> None:
        """Have the engine keep what must go on for ever."""
        from roamline.platform import engine_tasks
        from roamline.rooms.mobility.service import alarm_count, retention, schedules  # noqa: F401 - registers itself

        engine_tasks.register(retention.keep_purging)
        engine_tasks.register(schedules.keep_planned)
