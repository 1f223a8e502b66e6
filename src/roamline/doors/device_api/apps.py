from __future__ import annotations

from django.apps import AppConfig


class DeviceApiConfig(AppConfig):
    name = "roamline.doors.device_api"
    label = "device_api"
