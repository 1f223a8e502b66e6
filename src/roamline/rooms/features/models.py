"""What telephone features keep: assistants and their manager's switches, and call backs."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun
from roamline.platform.wording import translated
from roamline.rooms.dialplan.models import NUMBER, PATTERN, DirectoryNumber
from roamline.rooms.dialplan.rules import PatternRefused, compile_pattern
from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import DeviceProfile, Phone


class Assistance(Noun):
    """An assistant of the manager whose profile this is; ``position`` says who is tried first (EM-37)."""

    profile = models.ForeignKey(DeviceProfile, on_delete=models.CASCADE, related_name="assistants")
    account = models.ForeignKey(
        Account,
        on_delete=models.CASCADE,
        related_name="assists",
        limit_choices_to={"kind": Account.END},
        verbose_name="assistant",
    )
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["profile", "position"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "account"], name="assistant_once_per_profile"),
            models.UniqueConstraint(fields=["profile", "position"], name="one_assistant_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.account} assists {self.profile}"


class ManagerSettings(Noun):
    """A manager's switches. The filter sends the callers that it names to the assistants, or all but those."""

    THESE, OTHERS = "these", "others"
    FILTERS = [(THESE, "These callers go to the assistants"), (OTHERS, "All but these callers go to the assistants")]

    profile = models.ForeignKey(DeviceProfile, on_delete=models.CASCADE, related_name="manager_settings")
    divert_all = models.BooleanField("divert all calls to the assistants", default=False)
    filter_on = models.BooleanField("call filter", default=False)
    filter_kind = models.CharField(max_length=8, choices=FILTERS, default=THESE)

    class Meta:
        ordering = ["profile"]
        constraints = [models.UniqueConstraint(fields=["profile"], name="one_managers_switches_per_profile")]

    def __str__(self) -> str:
        return f"Switches of {self.profile}"


class FilteredCaller(Noun):
    """Callers that a manager's filter names: a number, or a pattern such as ``10XX`` or ``9!``."""

    profile = models.ForeignKey(DeviceProfile, on_delete=models.CASCADE, related_name="filtered_callers")
    pattern = models.CharField("caller", max_length=25, validators=[PATTERN])
    like_pattern = models.CharField(max_length=100, editable=False)

    class Meta:
        ordering = ["profile", "pattern"]
        constraints = [models.UniqueConstraint(fields=["profile", "pattern"], name="caller_once_per_filter")]

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        """A pattern that can be looked for in one row."""
        self._compile()

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep what Kamailio compares callers with."""
        self.like_pattern = self._compile()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def _compile(self) -> str:
        rows = compile_pattern(self.pattern)
        if isinstance(rows, PatternRefused):
            raise ValidationError({"pattern": translated(rows.reason)})
        if len(rows) != 1:
            raise ValidationError({"pattern": _("Give digits, X for any digit, and ! for any further digits.")})
        return rows[0].like_pattern


class CallBack(Noun):
    """A user, or a phone that nobody is logged in on, asked to be called when a number is free (EM-34).

    ``waits_for``: *idle*, the number was busy; *use*, nobody answered, so its phone must be used again first.
    """

    IDLE, USE = "idle", "use"
    REASONS = [(IDLE, "busy"), (USE, "no answer")]

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="call_backs")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="call_backs")
    line = models.CharField("own number", max_length=25, validators=[NUMBER])
    number = models.ForeignKey(DirectoryNumber, on_delete=models.CASCADE, related_name="call_backs")
    waits_for = models.CharField(max_length=4, choices=REASONS)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ringing_until = models.DateTimeField(null=True, blank=True, help_text="It rings, or pauses after it rang in vain.")

    class Meta:
        ordering = ["asked_at"]
        constraints = [models.UniqueConstraint(fields=["phone", "number"], name="one_call_back_per_number")]

    def __str__(self) -> str:
        return f"{self.phone} is called back when {self.number.pattern} is free"


class UnansweredCall(models.Model):
    """The last call of a phone that nobody answered: what a call back can be asked for."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="unanswered_call", primary_key=True)
    line = models.CharField(max_length=25)
    number = models.ForeignKey(DirectoryNumber, on_delete=models.CASCADE, related_name="+")
    waits_for = models.CharField(max_length=4, choices=CallBack.REASONS)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.phone} did not reach {self.number.pattern}"
