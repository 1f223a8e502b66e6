from __future__ import annotations

from django.apps import AppConfig


class SelfCareConfig(AppConfig):
    name = "roamline.doors.self_care"
    label = "self_care"
