"""ILS as a Django application: the engine speaks, every HTTP process shows its metrics."""

from __future__ import annotations

from django.apps import AppConfig


class IlsConfig(AppConfig):
    """Links between clusters."""

    name = "roamline.doors.ils"
    label = "ils"
    verbose_name = "Intercluster lookup"

    def ready(self) -> None:
        """Have the engine speak, and metrics tell."""
        from roamline.doors.ils import looking, measuring, speaking
        from roamline.platform import engine_tasks
        from roamline.rooms.clusters.service import duplicates

        engine_tasks.register(speaking.speak)
        measuring.register()
        duplicates.ask_before_joining(looking.duplicates)
