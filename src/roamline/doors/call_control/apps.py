from __future__ import annotations

from django.apps import AppConfig


class CallControlConfig(AppConfig):
    name = "roamline.doors.call_control"
    label = "call_control"
