"""Values that differ from the registry's defaults, and which services run on which node."""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun


class ParameterValue(Noun):
    """A parameter's value where it is not the default; names, defaults and ranges stand in ``rules``."""

    service = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    node = models.CharField(max_length=64, blank=True, default="", help_text="Empty: the whole cluster.")
    value = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "name", "node"], name="one_value_per_parameter_and_node")
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.name}" + (f" ({self.node})" if self.node else "")


class ServiceState(Noun):
    """Whether a service is activated and running on a node, where that was ever changed (EM-1)."""

    node = models.CharField(max_length=64)
    service = models.CharField(max_length=64)
    activated = models.BooleanField(default=True)
    started = models.BooleanField(default=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "service"], name="one_state_per_node_and_service")]

    def __str__(self) -> str:
        return f"{self.service} ({self.node})"
