from __future__ import annotations

from django.apps import AppConfig


class AdminWebConfig(AppConfig):
    """The administration pages."""

    name = "roamline.doors.admin_web"
    label = "admin_web"

    def ready(self) -> None:
        """Give the nouns the names that people read, and lists their headers once."""
        from roamline.doors.admin_web import skin, words

        words.speak()
        skin.headers_once()
