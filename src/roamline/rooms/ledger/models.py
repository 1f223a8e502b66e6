"""The audit trail, deadlines and effects: rows written in the same transaction as their cause."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class AuditEntry(models.Model):
    """One thing that happened: who, on what, from where, by which way, with which result and true reason (EM-46).

    Names are kept as text, so that an entry outlives the user and phone it speaks of. The database itself refuses
    to change or delete a row, but for the days named in :class:`AuditPurge`.
    """

    uuid = models.UUIDField(default=uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=64)
    actor = models.CharField(max_length=128, blank=True)
    way = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64, blank=True)
    user_id = models.CharField(max_length=128, blank=True, db_index=True)
    device = models.CharField(max_length=128, blank=True, db_index=True)
    subject = models.CharField(max_length=200, blank=True)
    result = models.IntegerField(default=0, help_text="0 when it was done, else the error number.")
    succeeded = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.user_id} {self.device}".strip()


class AuditPurge(models.Model):
    """A whole day that the retention purge may remove from the audit trail, and how many rows it removed."""

    day = models.DateField(unique=True)
    removed = models.PositiveBigIntegerField(default=0)
    purged_at = models.DateTimeField()


class Deadline(models.Model):
    """Something that must happen at a time, once, on whichever node is alive then (EM-45)."""

    uuid = models.UUIDField(default=uuid4, editable=False)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="one_deadline_per_subject")]
        indexes = [models.Index(fields=["due_at"], name="deadline_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Effect(models.Model):
    """Something that must be brought to the outside world: one row per (kind, subject), at its newest version."""

    uuid = models.UUIDField(default=uuid4, editable=False)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    version = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="one_effect_per_subject")]
        indexes = [models.Index(fields=["due_at"], name="effect_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} v{self.version}"
