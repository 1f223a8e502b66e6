"""Login sessions: one user on one phone with one profile, from log-in to log-out."""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun
from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import DeviceProfile, Phone


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
        return f"{self.account} on {self.phone}"
