"""Clusters, their links, and the records that they say and learn."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun

ADDRESS = RegexValidator(r"^([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$", _("Give host:port."))
ROUTE_STRING = RegexValidator(r"^[A-Za-z0-9.-]{1,64}$", _("Give 1 to 64 of letters, digits, dot and hyphen."))


class Network(Noun):
    """This cluster's place in an ILS network: one row, or none on a cluster that stands alone (RO-1, RO-2)."""

    STANDALONE, HUB, SPOKE = "standalone", "hub", "spoke"
    ROLES = [(STANDALONE, "Stand Alone"), (HUB, "Hub Cluster"), (SPOKE, "Spoke Cluster")]

    role = models.CharField(max_length=12, choices=ROLES, default=STANDALONE)
    registration_server = models.CharField(
        max_length=270, blank=True, validators=[ADDRESS], help_text="A hub, as host:port. Empty: the first hub."
    )
    use_certificates = models.BooleanField("use TLS certificates", default=False)
    use_password = models.BooleanField("use password", default=True)
    trusted = models.JSONField(
        "trusted clusters", default=list, blank=True, help_text="Fingerprints of clusters that may be linked."
    )
    interval_minutes = models.PositiveSmallIntegerField(
        "synchronise clusters every (minutes)",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
    )
    exchange_dial_plan = models.BooleanField("exchange global dial plan data", default=True)
    route_string = models.CharField("advertised route string", max_length=64, blank=True, validators=[ROUTE_STRING])
    sealed_password = models.TextField(blank=True, editable=False)
    sealed_key = models.TextField(blank=True, editable=False)
    sync_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    leaving = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "ILS configuration"

    def __str__(self) -> str:
        return "ILS configuration"


class Clock(models.Model):
    """This cluster's hybrid logical clock and its epoch: one row, whose lock orders everything that it says."""

    stamp = models.BigIntegerField()
    epoch = models.BigIntegerField()


class Cluster(models.Model):
    """A cluster of the network, this one too, and how the link to it is."""

    origin = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=50, blank=True)
    role = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=270, blank=True)
    host = models.CharField(max_length=253, blank=True)
    sip_port = models.PositiveIntegerField(default=0)
    sip_tls_port = models.PositiveIntegerField(default=0)
    route_string = models.CharField(max_length=64, blank=True)
    is_own = models.BooleanField(default=False)
    is_member = models.BooleanField(default=False)
    is_linked = models.BooleanField(default=False)
    linked_at = models.DateTimeField(null=True, blank=True)
    last_heard = models.DateTimeField(null=True, blank=True)
    last_synchronised = models.DateTimeField(null=True, blank=True)
    behind_since = models.DateTimeField(null=True, blank=True)
    learned_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    alarm = models.TextField(blank=True)
    error = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "origin"]

    def __str__(self) -> str:
        return self.name or self.origin


class Stream(models.Model):
    """How far everything of one kind that a cluster says has arrived here, and how far it has been taken up."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="streams")
    kind = models.CharField(max_length=32)
    epoch = models.BigIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    applied_epoch = models.BigIntegerField(default=0)
    applied_n = models.BigIntegerField(default=0)
    head_epoch = models.BigIntegerField(default=0)
    head_n = models.BigIntegerField(default=0)
    head_count = models.BigIntegerField(default=0)
    head_total = models.BigIntegerField(default=0)
    head_signature = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "kind"], name="one_stream_per_kind")]


class Record(models.Model):
    """What a cluster says about a key: the latest; a payload of NULL says that it is gone."""

    # No constraint: the store alone writes records, and a look at the cluster's row for each of a million costs more
    # than to write them.
    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="records", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    epoch = models.BigIntegerField()
    n = models.BigIntegerField()
    stamp = models.BigIntegerField()
    payload = models.TextField(null=True)
    mark = models.BigIntegerField()
    used = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "kind", "key"], name="one_record_per_key")]
        indexes = [
            models.Index(fields=["cluster", "kind", "n"], name="record_by_n"),
            models.Index(fields=["kind", "key"], name="record_by_key"),
        ]


class Seal(models.Model):
    """A cluster's signature over a run of its records."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="seals", db_index=False)
    kind = models.CharField(max_length=32)
    epoch = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    digests = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "kind", "epoch", "last"], name="one_seal_per_run"),
        ]


class Unapplied(models.Model):
    """A learned record that could not be taken up yet; it is tried again at each repair."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "kind", "key"], name="unapplied_once")]


class Place(models.Model):
    """A number whose user is logged in somewhere now: the newest log-in of all clusters, that stands."""

    number = models.CharField(max_length=25, db_index=True)
    user_id = models.CharField(max_length=128, db_index=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    since = models.BigIntegerField()


class LearnedPattern(models.Model):
    """One row of a learned pattern, compiled: what call routing matches, as in the dial plan."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    pattern = models.CharField(max_length=50)
    like_pattern = models.CharField(max_length=100)
    specificity = models.BigIntegerField()
    symbols = models.PositiveSmallIntegerField(default=0)


class Conflict(models.Model):
    """Something that more than one cluster claims: not learned from any but the first that said it (RO-25)."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    clusters = models.JSONField(default=list)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "key"]


class RefusedPeer(models.Model):
    """A cluster that tried to link and was not let in, or that did not let this one in."""

    name = models.CharField(max_length=50)
    address = models.CharField(max_length=270, blank=True)
    reason = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["name", "address", "reason"], name="refused_peer_once")]


class Speaker(models.Model):
    """Which node speaks for this cluster, and until when without being heard of again: one row."""

    node = models.CharField(max_length=100)
    until = models.DateTimeField()
