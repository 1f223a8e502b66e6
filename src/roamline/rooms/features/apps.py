"""The features room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class FeaturesConfig(AppConfig):
    """Telephone features that belong to a user or a profile: call back, assistants, intercom."""

    name = "roamline.rooms.features"
    label = "features"
    verbose_name = "Telephone features"

    def ready(self) -> None:
        """Hear of log-ins and log-outs: call backs end with them, and intercom lines find their device."""
        from roamline.rooms.features.service import sessions
        from roamline.rooms.mobility import service as mobility

        mobility.on_session_change(sessions.sessions_changed)
