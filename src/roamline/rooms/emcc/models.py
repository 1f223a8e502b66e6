"""What EMCC may do with which cluster (RO-31)."""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc.session_models import HeardQuestion, Stay, Visit


class RemoteClusterServices(Noun):
    """The services that are enabled for another cluster of the network; one row from when it was first known.

    The cluster is named by its origin, not by a foreign key: what was set for it stands when it leaves and comes back.
    """

    origin = models.CharField(max_length=24, unique=True, editable=False)
    name = models.CharField(max_length=50, blank=True, editable=False, help_text="The Cluster ID last heard.")
    emcc_enabled = models.BooleanField("EMCC", default=False)
    pstn_access_enabled = models.BooleanField("PSTN access", default=False)
    updated_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name", "origin"]
        verbose_name = "remote cluster"

    def __str__(self) -> str:
        return self.name or self.origin


class InterclusterServiceProfile(Noun):
    """One row: which of EMCC's services are active in this cluster."""

    emcc_active = models.BooleanField("EMCC", default=False)
    pstn_access_active = models.BooleanField("PSTN access", default=False)
    pstn_trunk = models.ForeignKey(
        Trunk,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="PSTN access SIP trunk",
        help_text="Where calls to the public network, of phones of this cluster on which users of other clusters are "
        "logged in, leave.",
    )
    remote_update_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "intercluster service profile"

    def __str__(self) -> str:
        return "Intercluster service profile"


__all__ = ["HeardQuestion", "InterclusterServiceProfile", "RemoteClusterServices", "Stay", "Visit"]
