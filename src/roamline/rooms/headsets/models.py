"""Headsets, whose they are, where their owners do not want to be asked, and the machine of each phone."""

from __future__ import annotations

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets.serials import LONGEST_SERIAL, fold
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone, PhoneModel

MOST_HEADSETS = 15


class Headset(Noun):
    """A headset in the inventory (HS-4): as an administrator entered it, or as a device reported it."""

    WIRED, WIRELESS, UNKNOWN = "wired", "wireless", "unknown"
    CONNECTIONS = [(WIRED, "Wired"), (WIRELESS, "Wireless"), (UNKNOWN, "Unknown")]
    SOURCES = [("", "Never connected"), ("usb", "USB"), ("browser", "Browser"), ("simulated", "Simulated")]

    serial = models.CharField("serial number", max_length=LONGEST_SERIAL)
    folded_serial = models.CharField(max_length=200, unique=True, editable=False)
    model = models.CharField(max_length=64, blank=True)
    vendor = models.CharField(max_length=64, blank=True)
    firmware = models.CharField(max_length=32, blank=True)
    connection = models.CharField(max_length=8, choices=CONNECTIONS, default=UNKNOWN)
    template = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12, choices=SOURCES, blank=True, editable=False)
    first_seen = models.DateTimeField(null=True, blank=True, editable=False)
    last_seen = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    last_phone = models.ForeignKey(
        Phone, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="headsets_seen"
    )
    connected = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["folded_serial"]
        indexes = [models.Index(fields=["model"], name="headsets_of_a_model")]

    def __str__(self) -> str:
        return self.serial

    def clean(self) -> None:
        """Keep the serial number as typed but for spaces around it."""
        self.serial = self.serial.strip()
        if not self.serial or not self.serial.isprintable():
            raise ValidationError({"serial": _("Give 1 to 50 printable characters.")})

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded serial number, by which they are unique ignoring case."""
        self.folded_serial = fold(self.serial)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Association(Noun):
    """A headset is its owner's. The database allows one owner per headset and 15 headsets per owner (HS-2).

    ``slot`` is what makes the second hold: each of a user's headsets has one of 15.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="headsets")
    headset = models.OneToOneField(Headset, on_delete=models.CASCADE, related_name="association")
    slot = models.PositiveSmallIntegerField(
        editable=False, validators=[MinValueValidator(1), MaxValueValidator(MOST_HEADSETS)]
    )
    since = models.DateTimeField()

    class Meta:
        ordering = ["account", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["account", "slot"], name="headset_slot_once_per_account"),
            models.CheckConstraint(
                condition=models.Q(slot__gte=1) & models.Q(slot__lte=MOST_HEADSETS), name="headset_slot_1_to_15"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.headset} ({self.account})"


class Skip(models.Model):
    """On this phone nobody is asked whose this headset is (HS-24)."""

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="headset_skips")
    headset = models.ForeignKey(Headset, on_delete=models.CASCADE, related_name="skips")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "skipped association"
        constraints = [models.UniqueConstraint(fields=["phone", "headset"], name="one_skip_per_phone_and_headset")]

    def __str__(self) -> str:
        return f"{self.headset}: {self.phone}"


class ModelRequirement(Noun):
    """Whether a phone model takes sign-in by headset, and from which firmware on, where the default is not right."""

    phone_model = models.OneToOneField(PhoneModel, on_delete=models.CASCADE, related_name="headset_requirement")
    qualifies = models.BooleanField(default=True)
    minimum_firmware = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["phone_model"]
        verbose_name = "phone model for headsets"
        verbose_name_plural = "phone models for headsets"

    def __str__(self) -> str:
        least = self.minimum_firmware or gettext("any firmware")
        return f"{self.phone_model}: {least if self.qualifies else gettext('no')}"


class SignIn(models.Model):
    """By which headset a login session began."""

    session = models.OneToOneField(LoginSession, on_delete=models.CASCADE, related_name="headset_sign_in")
    headset = models.ForeignKey(Headset, on_delete=models.SET_NULL, null=True, related_name="sign_ins")
    pinless = models.BooleanField()
    source = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"{self.session} by {self.headset}"


class PhoneMachine(models.Model):
    """What the headset machine remembers of a phone; ``version`` grows with everything that happens to it."""

    uuid = models.UUIDField(default=uuid4, editable=False)
    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="headset_machine")
    version = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict, blank=True)
    screen_number = models.BigIntegerField(default=0)
    waiting_for = models.CharField(max_length=128, blank=True, db_index=True)
    follows_sessions = models.BooleanField(default=False)
    new_headsets = models.PositiveIntegerField(default=0)
    new_headsets_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"headsets of {self.phone}"


class SeenReport(models.Model):
    """A report that was taken: a second one with its id is not (the oldest are forgotten)."""

    machine = models.ForeignKey(PhoneMachine, on_delete=models.CASCADE, related_name="reports")
    report_id = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "report_id"], name="report_once_per_machine")]

    def __str__(self) -> str:
        return self.report_id


class StagedRow(models.Model):
    """A checked row of an import that is applied whole or not at all, before it is applied."""

    batch = models.UUIDField(db_index=True)
    removes = models.BooleanField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    serial = models.CharField(max_length=LONGEST_SERIAL)
    folded_serial = models.CharField(max_length=200)
    slot = models.PositiveSmallIntegerField()
    noun_uuid = models.UUIDField(default=uuid4)
    headset_uuid = models.UUIDField(default=uuid4)
    audit_uuid = models.UUIDField(default=uuid4)
    staged_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.serial
