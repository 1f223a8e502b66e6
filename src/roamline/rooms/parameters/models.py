"""Values that differ from the registry's defaults, and which services are activated on which node."""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun


class ParameterValue(Noun):
    """A parameter's value where it is not the default; names, defaults and ranges stand in ``rules``."""

    service = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="one_value_per_parameter")]

    def __str__(self) -> str:
        return f"{self.service}: {self.name}"
