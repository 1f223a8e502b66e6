"""The roaming room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RoamingConfig(AppConfig):
    """Super users, the sync tool, roaming log-in."""

    name = "roamline.rooms.roaming"
    label = "roaming"
    verbose_name = "Roaming across clusters"

    def ready(self) -> None:
        """Hear of log-ins, of changes, and of what other clusters say."""
        from roamline.platform import engine_tasks
        from roamline.rooms.roaming import hearing

        hearing.listen()
        engine_tasks.register(hearing.keep_looking)
