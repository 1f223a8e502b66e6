"""Class of service: who may call what, and where it goes."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun

NUMBER = RegexValidator(r"^\+?[0-9*#]{1,24}$", _("Give 1 to 24 digits, * or #, with an optional + in front."))
PATTERN = RegexValidator(
    r"^\+?[0-9*#X!.\[\]^-]{1,48}$", _("Give digits, X (one digit), [2-9] (one of), ! (one or more) and one dot.")
)
HOST = RegexValidator(
    r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])$",
    _("Give a name or an address; an IPv6 address in brackets."),
)
DIGITS = RegexValidator(r"^\+?[0-9*#]{0,24}$", _("Give up to 24 digits, * or #, with an optional + in front."))


class Partition(Noun):
    """A named set of numbers and patterns."""

    name = models.CharField(max_length=50, unique=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CallingSearchSpace(Noun):
    """An ordered list of partitions: what a line or a device may call."""

    name = models.CharField(max_length=50, unique=True)
    description = models.CharField(max_length=200, blank=True)
    partitions: models.ManyToManyField[Partition, CallingSearchSpaceMember] = models.ManyToManyField(
        Partition, through="CallingSearchSpaceMember"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CallingSearchSpaceMember(models.Model):
    """A partition's place in a calling search space; lower positions win between equally close matches."""

    css = models.ForeignKey(CallingSearchSpace, on_delete=models.CASCADE, related_name="members")
    partition = models.ForeignKey(Partition, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["css", "position"]
        constraints = [
            models.UniqueConstraint(fields=["css", "partition"], name="partition_once_per_css"),
            models.UniqueConstraint(fields=["css", "position"], name="one_partition_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.css} {self.position}: {self.partition}"


class DirectoryNumber(Noun):
    """A number in a partition; lines of phones and profiles refer to it, so a shared number is one row."""

    pattern = models.CharField("directory number", max_length=25, validators=[NUMBER], db_index=True)
    partition = models.ForeignKey(Partition, on_delete=models.PROTECT, related_name="numbers")
    alerting_name = models.CharField(max_length=50, blank=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pattern"]
        constraints = [models.UniqueConstraint(fields=["pattern", "partition"], name="number_once_per_partition")]

    def __str__(self) -> str:
        return f"{self.pattern} ({self.partition})"


class Trunk(Noun):
    """Where calls that leave the cluster go: a SIP peer."""

    name = models.CharField(max_length=50, unique=True)
    host = models.CharField(max_length=255, validators=[HOST])
    port = models.PositiveIntegerField(default=5060, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    transport = models.CharField(max_length=3, choices=[("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS")], default="udp")
    inbound_css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trunks",
        verbose_name="inbound calling search space",
        help_text="What calls that arrive here may reach. Empty: every directory number, and nothing outside.",
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoutePattern(Noun):
    """A pattern that leads to a trunk, or is blocked when it has none."""

    pattern = models.CharField(max_length=50, validators=[PATTERN])
    partition = models.ForeignKey(Partition, on_delete=models.PROTECT, related_name="route_patterns")
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, null=True, blank=True, related_name="route_patterns")
    discard_before_dot = models.BooleanField(default=False)
    prefix = models.CharField(max_length=25, blank=True, validators=[DIGITS])
    advertised = models.BooleanField(
        "advertise to other clusters",
        default=False,
        help_text="Users of the other clusters of an ILS network reach this pattern through this cluster.",
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pattern"]
        constraints = [models.UniqueConstraint(fields=["pattern", "partition"], name="pattern_once_per_partition")]

    def __str__(self) -> str:
        return f"{self.pattern} ({self.partition})"


class TranslationPattern(Noun):
    """A pattern that turns what was dialled into another number, which is looked up again (design: Calls)."""

    pattern = models.CharField(max_length=50, validators=[PATTERN])
    partition = models.ForeignKey(Partition, on_delete=models.PROTECT, related_name="translation_patterns")
    css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translation_patterns",
        verbose_name="calling search space",
        help_text="Where the new number is looked up. Empty: what the caller reaches.",
    )
    discard_before_dot = models.BooleanField(default=False)
    prefix = models.CharField(max_length=25, blank=True, validators=[DIGITS])
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pattern"]
        constraints = [models.UniqueConstraint(fields=["pattern", "partition"], name="translation_once_per_partition")]

    def __str__(self) -> str:
        return f"{self.pattern} ({self.partition})"


class CompiledPattern(models.Model):
    """One row of the compiled dial plan: what Kamailio and the analyser match wildcards against.

    It comes from a route pattern or from a translation pattern.

    ``like_pattern`` is an SQL ``LIKE`` pattern; of several that match, the greatest ``specificity`` wins. ``symbols``
    counts its ``*``, ``#`` and ``+``: a dialled number must have just as many, because LIKE's own wildcards would
    take those characters for digits.
    """

    partition = models.ForeignKey(Partition, on_delete=models.CASCADE, related_name="+")
    route_pattern = models.ForeignKey(RoutePattern, on_delete=models.CASCADE, null=True, related_name="compiled")
    translation = models.ForeignKey(TranslationPattern, on_delete=models.CASCADE, null=True, related_name="compiled")
    like_pattern = models.CharField(max_length=100)
    lead = models.CharField(max_length=6, default="", help_text="The digits that it begins with.")
    specificity = models.BigIntegerField()
    strip = models.PositiveSmallIntegerField(default=0)
    symbols = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["lead", "partition"], name="compiled_by_lead")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(route_pattern__isnull=True) ^ models.Q(translation__isnull=True),
                name="compiled_from_one_pattern",
            )
        ]

    def __str__(self) -> str:
        return f"{self.like_pattern} ({self.partition})"
