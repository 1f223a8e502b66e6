from __future__ import annotations

from django.apps import AppConfig


class AdminWebConfig(AppConfig):
    name = "roamline.doors.admin_web"
    label = "admin_web"
