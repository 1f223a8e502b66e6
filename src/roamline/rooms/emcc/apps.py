"""The EMCC room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EmccConfig(AppConfig):
    """Extension Mobility Cross Cluster: a user's own cluster serves a phone of another one."""

    name = "roamline.rooms.emcc"
    label = "emcc"
    verbose_name = "Extension Mobility Cross Cluster"
