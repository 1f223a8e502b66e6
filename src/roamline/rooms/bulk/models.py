"""Jobs of the bulk administration: an import or export of a table, its progress and its result (BL-1).

What went wrong with a job is kept in English, and as texts that each reader gets in the own language.
"""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun
from roamline.platform.wording import restored, translated


class Job(Noun):
    """One import or export. ``claimed_until`` is the lease of the process that works on it."""

    IMPORT, EXPORT = "import", "export"
    KINDS = [(IMPORT, "Import"), (EXPORT, "Export")]
    WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
    STATES = [
        (WAITING, "Waiting"), (RUNNING, "Running"), (DONE, "Done"), (FAILED, "Failed"), (CANCELLED, "Cancelled"),
    ]  # fmt: skip
    OVER = (DONE, FAILED, CANCELLED)

    kind = models.CharField(max_length=8, choices=KINDS)
    table = models.CharField(max_length=32)
    file_name = models.CharField(max_length=200, blank=True)
    dry_run = models.BooleanField(default=False)
    all_or_nothing = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    cancel_asked = models.BooleanField(default=False)
    requested_by = models.CharField(max_length=128)
    way = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0, help_text="How many rows there are to do; 0 while not known.")
    rows_seen = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    problem_texts = models.TextField(blank=True, default="", editable=False)
    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in self.OVER

    @property
    def trouble(self) -> str:
        """What went wrong with it, in the active language; empty: nothing."""
        return " ".join(map(translated, restored(self.problem_texts))) or self.problem

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        if self.state == self.DONE:
            return 100
        return min(99, self.rows_seen * 100 // self.rows) if self.rows else 0
