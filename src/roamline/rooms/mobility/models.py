"""Login sessions: one user on one phone with one profile, from log-in to log-out."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility.rules.schedules import DAY_NAMES, Timing, Whom
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone


class LoginSession(Noun):
    """A user on a phone. The database allows one session without an end per phone, ever."""

    WAITING, CONFIRMED, NOT_CONFIRMED = "waiting", "confirmed", "not confirmed"
    CONFIRMATIONS = [(WAITING, "Waiting"), (CONFIRMED, "Confirmed"), (NOT_CONFIRMED, "Not confirmed")]

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="login_sessions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="login_sessions")
    profile = models.ForeignKey(DeviceProfile, on_delete=models.PROTECT, related_name="login_sessions")
    started_at = models.DateTimeField()
    way = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    restart_kind = models.CharField(max_length=8, default="restart")
    confirmation = models.CharField(max_length=16, choices=CONFIRMATIONS, default=WAITING)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ending_since = models.DateTimeField(null=True, blank=True, help_text="Logged out, once the call is over (EM-42).")
    ending_way = models.CharField(max_length=32, blank=True)
    ending_actor = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_way = models.CharField(max_length=32, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(ended_at__isnull=True), name="one_open_session_per_phone"
            )
        ]
        indexes = [
            models.Index(fields=["account"], condition=models.Q(ended_at__isnull=True), name="open_sessions_of_user"),
            models.Index(fields=["phone", "-id"], name="sessions_of_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.phone}"


class FeatureReport(models.Model):
    """The phone feature list as it was generated last (EM-8): one row, or none yet."""

    generated_at = models.DateTimeField()
    generated_by = models.CharField(max_length=128)
    rows = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Phone features of {self.generated_at:%Y-%m-%d %H:%M}"


class PhoneAlarm(models.Model):
    """A phone that did not take up its configuration, not even after a reset; there until it registers (EM-44)."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="alarm", primary_key=True)
    version = models.BigIntegerField(help_text="The configuration version that it did not take up.")
    since = models.DateTimeField()

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return f"{self.phone} does not confirm version {self.version}"


class LogInCode(models.Model):
    """A code that a phone shows: whoever types it in self-care within its time logs in on that phone (EM-36)."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="log_in_code", primary_key=True)
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"a code of {self.phone} until {self.expires_at:%H:%M:%S}"


class LogOutSchedule(Noun):
    """A log-out at a time of day: of everybody, of the phones of a site, or of one user wherever they are (BL-2)."""

    WHOM = [(Whom.EVERYBODY, "Everybody"), (Whom.DEVICE_POOL, "A device pool"), (Whom.USER, "A user")]
    NEEDS = {Whom.DEVICE_POOL: "device_pool", Whom.USER: "account"}
    NEEDED = {
        Whom.DEVICE_POOL: _("Name a device pool when the schedule is for one, and only then."),
        Whom.USER: _("Name a user when the schedule is for one, and only then."),
    }

    name = models.CharField(max_length=64, unique=True)
    whom = models.CharField(max_length=12, choices=WHOM, default=Whom.EVERYBODY)
    device_pool = models.ForeignKey(
        DevicePool, on_delete=models.CASCADE, null=True, blank=True, related_name="log_out_schedules"
    )
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="log_out_schedules"
    )
    at = models.TimeField(help_text="In the time zone of each device pool.")
    days = models.CharField(max_length=7, default="0123456", help_text="0 is Monday.")
    once_on = models.DateField(null=True, blank=True, help_text="Only on this date.")
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        names = [gettext(DAY_NAMES[int(day)]) for day in self.days]
        when = str(self.once_on) if self.once_on else gettext("daily") if len(names) == 7 else ", ".join(names)
        whom = self.device_pool or self.account or gettext("everybody")
        return f"{self.name}: {whom}, {when} {self.at:%H:%M}"

    def clean(self) -> None:
        """What a schedule is for, and that alone, must be named."""
        for whom, field in self.NEEDS.items():
            if (self.whom == whom) != (getattr(self, field) is not None):
                raise ValidationError({field: self.NEEDED[whom]})
        if not self.days or set(self.days) - set("0123456"):
            raise ValidationError({"days": _("Give at least one day, 0 (Monday) to 6.")})

    @property
    def timing(self) -> Timing:
        """When it comes."""
        return Timing(self.at, frozenset(int(day) for day in self.days), self.once_on)
