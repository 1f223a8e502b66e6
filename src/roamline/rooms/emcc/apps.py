"""The EMCC room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EmccConfig(AppConfig):
    """Extension Mobility Cross Cluster: a user's own cluster serves a phone of another one."""

    name = "roamline.rooms.emcc"
    label = "emcc"
    verbose_name = "Extension Mobility Cross Cluster"

    def ready(self) -> None:
        """Tell other clusters how EMCC is set up here, and keep looking at what they tell; take part in sessions."""
        from roamline.platform import engine_tasks
        from roamline.rooms.emcc import engine, remote, telling

        telling.listen()
        engine_tasks.register(remote.keep_updating)
        engine.listen()
