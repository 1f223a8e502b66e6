"""Sessions across clusters, seen from each side: a user of ours on another cluster's phone, and the other way round."""

from __future__ import annotations

from django.db import models

from roamline.rooms.phones.models import Phone


class Stay(models.Model):
    """A user of this cluster on a phone of another one; while it stands the EMCC device is nobody else's.

    A row stands from when the device was taken; ``granted`` from when the log-in on it was committed.
    """

    session = models.CharField(max_length=32, unique=True, help_text="Given by the visited cluster.")
    origin = models.CharField(max_length=24)
    cluster = models.CharField(max_length=50)
    phone = models.ForeignKey(Phone, on_delete=models.SET_NULL, null=True, related_name="stays")
    user_id = models.CharField(max_length=128, blank=True)
    visited_phone = models.CharField(max_length=128)
    location = models.CharField(max_length=100, blank=True)
    callback = models.CharField(max_length=25, blank=True)
    own_css = models.BigIntegerField(null=True, help_text="The EMCC device's own calling search space.")
    granted = models.BooleanField(default=False)
    told_version = models.BigIntegerField(default=0, help_text="The configuration that the visited cluster has.")
    is_told = models.BooleanField(default=False, help_text="The visited cluster knows that it has ended.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_way = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(ended_at__isnull=True), name="one_stay_per_emcc_device"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.visited_phone} of {self.cluster}"


class Visit(models.Model):
    """A user of another cluster on a phone of this one; from before the other cluster was asked.

    ``content`` is what the phone runs meanwhile, sealed: it holds the SIP secret that the other cluster gave.
    """

    session = models.CharField(max_length=32, unique=True)
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="visits")
    origin = models.CharField(max_length=24)
    cluster = models.CharField(max_length=50)
    user_id = models.CharField(max_length=128)
    emcc_device = models.CharField(max_length=128, blank=True)
    content = models.TextField(blank=True)
    home_version = models.BigIntegerField(default=0)
    way = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_way = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(began_at__isnull=False, ended_at__isnull=True),
                name="one_visit_per_phone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.cluster} on {self.phone}"


class HeardQuestion(models.Model):
    """The id of a question that another cluster asked: it counts once (S-8)."""

    id = models.CharField(max_length=57, primary_key=True, help_text="Who asked, and the question's id.")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
