"""The directory room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Accounts, access control groups, PIN verifiers, controlled profiles."""

    name = "roamline.rooms.directory"
    label = "directory"
    verbose_name = "User management"
