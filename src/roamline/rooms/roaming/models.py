"""What a cluster knows of the super users of others, and how the synchronisation of its own went."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from roamline.platform.nouns import Noun
from roamline.rooms.dialplan.models import CallingSearchSpace, DirectoryNumber
from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import DeviceProfile


class RoamingSettings(Noun):
    """One row: what this cluster gives to roaming users, and when it synchronises its own."""

    default_css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="roaming default calling search space",
        help_text="For lines of roaming users whose own calling search space is missing here. Empty: one that "
        "reaches nothing.",
    )
    every_minutes = models.PositiveIntegerField(
        "synchronise every",
        default=0,
        validators=[MaxValueValidator(10_080)],
        help_text="Minutes; 0: only when somebody asks for it.",
    )
    call_ha1 = models.CharField(max_length=32, blank=True, editable=False)
    accepted_ha1s = models.CharField(max_length=600, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "roaming settings"

    def __str__(self) -> str:
        return "Roaming"


class Replica(models.Model):
    """A super user of another cluster as far as this one took them over; ``account`` is missing when it could not."""

    uuid = models.UUIDField(unique=True)
    user_id = models.CharField(max_length=128)
    origin = models.CharField(max_length=64)
    cluster = models.CharField(max_length=64)
    account = models.OneToOneField(Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="replica")
    digest = models.CharField(max_length=32, blank=True)
    lacks = models.JSONField(default=list)
    failure = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["user_id"]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.cluster}"


class ReplicaProfile(models.Model):
    """A device profile that is another cluster's."""

    replica = models.ForeignKey(Replica, on_delete=models.CASCADE, related_name="profiles")
    profile = models.OneToOneField(DeviceProfile, on_delete=models.CASCADE, related_name="replica")

    def __str__(self) -> str:
        return f"{self.profile} from {self.replica.cluster}"


class ReplicaNumber(models.Model):
    """A directory number that is another cluster's."""

    origin = models.CharField(max_length=64)
    number = models.OneToOneField(DirectoryNumber, on_delete=models.CASCADE, related_name="replica")

    def __str__(self) -> str:
        return f"{self.number}"


class KnownSetting(models.Model):
    """What a setting of a super user was when it was last told to, or heard from, the other clusters (RO-13)."""

    key = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=100)
    since = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class SyncRun(models.Model):
    """One run of the super user sync tool: what it sent, so that the clusters' answers can be held against it."""

    started_at = models.DateTimeField()
    actor = models.CharField(max_length=128)
    stamp = models.BigIntegerField(default=0)
    expected = models.JSONField(default=dict, help_text="Digest by user's uuid; empty: removed.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}"
