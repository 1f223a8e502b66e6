"""The EMCC door as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EmccDoorConfig(AppConfig):
    """Questions between clusters."""

    name = "roamline.doors.emcc"
    label = "emcc_door"
    verbose_name = "Questions between clusters"

    def ready(self) -> None:
        """Carry this cluster's questions."""
        from roamline.doors.emcc import carrying
        from roamline.rooms.emcc import talking

        talking.carried_by(carrying.carry)
