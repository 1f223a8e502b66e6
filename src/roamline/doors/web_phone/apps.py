from __future__ import annotations

from django.apps import AppConfig


class WebPhoneConfig(AppConfig):
    name = "roamline.doors.web_phone"
    label = "web_phone"
