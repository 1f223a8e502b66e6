"""The clusters room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ClustersConfig(AppConfig):
    """Clusters, and the network (ILS) that keeps them in step."""

    name = "roamline.rooms.clusters"
    label = "clusters"
    verbose_name = "Clusters"

    def ready(self) -> None:
        """Take part in what is learned, and publish what changes here."""
        from roamline.rooms.clusters.service import learning, patterns, publishing  # noqa: F401 - they register what they do
