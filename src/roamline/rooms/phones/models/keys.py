"""What stands on a device profile's keys: lines with their forwards, and the other buttons."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from roamline.platform.nouns import Noun
from roamline.rooms.dialplan.models import NUMBER, CallingSearchSpace, DirectoryNumber
from roamline.rooms.phones.models.devices import DeviceProfile, Phone, PhoneService


class Line(Noun):
    """A directory number on a profile: ``index`` counts lines, ``button`` is its key."""

    RING_SETTINGS = [
        ("default", "Use System Default"),
        ("disable", "Disable"),
        ("flash", "Flash Only"),
        ("once", "Ring Once"),
        ("ring", "Ring"),
    ]

    profile = models.ForeignKey(DeviceProfile, on_delete=models.CASCADE, related_name="lines")
    index = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    button = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    directory_number = models.ForeignKey(DirectoryNumber, on_delete=models.PROTECT, related_name="lines")
    label = models.CharField(max_length=30, blank=True)
    display_name = models.CharField(max_length=30, blank=True)
    external_mask = models.CharField(max_length=25, blank=True)
    ring_setting = models.CharField(
        max_length=8,
        choices=RING_SETTINGS,
        default="default",
        help_text="How a call shows on an idle phone; the system default rings.",
    )
    css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name="calling search space",
    )
    is_intercom = models.BooleanField("intercom line", default=False)
    default_phone = models.ForeignKey(
        Phone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="intercom_lines",
        help_text="An intercom line shows only on this phone.",
    )
    stays_without_device = models.BooleanField(
        default=False,
        editable=False,
        help_text="An intercom line from AXL: no phone becomes its default device by itself.",
    )

    class Meta:
        ordering = ["profile", "index"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "index"], name="one_line_per_index"),
            models.UniqueConstraint(fields=["profile", "directory_number"], name="number_once_per_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.profile} ({self.index}): {self.directory_number}"


class Forward(models.Model):
    """Where the calls of a line go instead, and when: all of them, or those that meet it busy, unanswered, absent.

    It belongs to the line, and so to its profile: a user's goes with the user, a phone's own stays with the phone
    (EM-32). ``css`` is the configured calling search space of the forward. Under *With Activating Device/Line CSS*
    ``activated`` is true and the two spaces of the phone that set it decide instead.
    """

    ALL, BUSY, NO_ANSWER, UNREGISTERED = "all", "busy", "no_answer", "unregistered"
    KINDS = [
        (ALL, "Forward all"),
        (BUSY, "Forward busy"),
        (NO_ANSWER, "Forward no answer"),
        (UNREGISTERED, "Forward unregistered"),
    ]
    DEFAULT_SECONDS = 12

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="forwards")
    kind = models.CharField(max_length=12, choices=KINDS)
    destination = models.CharField(max_length=25, blank=True, validators=[NUMBER])
    css = models.ForeignKey(CallingSearchSpace, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seconds = models.PositiveSmallIntegerField(
        default=DEFAULT_SECONDS, validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    activated = models.BooleanField(default=False)
    activating_line_css = models.ForeignKey(
        CallingSearchSpace, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    activating_device_css = models.ForeignKey(
        CallingSearchSpace, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["line", "kind"]
        constraints = [models.UniqueConstraint(fields=["line", "kind"], name="one_forward_per_kind")]

    def __str__(self) -> str:
        return f"{self.line}, {self.kind}: {self.destination}"


class Button(Noun):
    """A key that is not a line: speed dial, BLF/speed dial or a service."""

    KINDS = [("speed_dial", "Speed dial"), ("blf", "BLF/speed dial"), ("service", "Service URL")]

    profile = models.ForeignKey(DeviceProfile, on_delete=models.CASCADE, related_name="buttons")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    kind = models.CharField(max_length=12, choices=KINDS)
    label = models.CharField(max_length=30)
    number = models.CharField(max_length=25, blank=True, validators=[NUMBER])
    service = models.ForeignKey(PhoneService, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["profile", "position"]
        constraints = [models.UniqueConstraint(fields=["profile", "position"], name="one_button_per_position")]
        indexes = [models.Index(fields=["number"], condition=models.Q(kind="blf"), name="watched_numbers")]

    def __str__(self) -> str:
        return f"{self.profile} [{self.position}]: {self.label}"
