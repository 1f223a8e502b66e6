"""What every noun of the domain has: a stable uuid and a revision that an editor's change is checked against."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class Noun(models.Model):
    """Base of every noun: ``uuid`` never changes, ``revision`` grows with each administrative change."""

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
