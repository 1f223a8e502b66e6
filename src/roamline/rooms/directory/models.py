"""People and programs: accounts, access control groups, PINs, which profiles and phones are whose."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun
from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory.rules.roles import ROLE_CHOICES, permits
from roamline.rooms.phones.models import LOCALES, DeviceProfile, Phone

USER_ID = RegexValidator(r"^[a-z0-9._@-]{1,128}$", _("Give 1 to 128 of a-z 0-9 . _ @ - (lower case)."))


class AccountQueries(BaseUserManager["Account"]):
    """Finds accounts for Django's authentication."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account with that user id."""
        return self.get(user_id=username)


class UserProfile(Noun):
    """What end users who have it may do for themselves."""

    name = models.CharField(max_length=50, unique=True)
    allow_own_login_time = models.BooleanField(
        "allow end user to set their Extension Mobility maximum login time", default=False
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Account(AbstractBaseUser, Noun):
    """An end user (a person) or an application user (a program, or an administrator)."""

    END, APPLICATION = "end", "application"
    KINDS = [(END, "End user"), (APPLICATION, "Application user")]

    user_id = models.CharField("user id", max_length=128, unique=True, validators=[USER_ID])
    kind = models.CharField(max_length=12, choices=KINDS, default=END)
    first_name = models.CharField(max_length=64, blank=True)
    last_name = models.CharField(max_length=64, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField("active", default=True)
    user_locale = models.CharField(max_length=8, blank=True, choices=LOCALES)
    self_service_id = models.CharField("self-service user id", max_length=50, unique=True, null=True, blank=True)
    primary_extension = models.ForeignKey(
        DirectoryNumber, on_delete=models.SET_NULL, null=True, blank=True, related_name="primary_for"
    )
    home_cluster = models.BooleanField("home cluster", default=True)
    emcc_enabled = models.BooleanField("enable extension mobility cross cluster", default=False)
    user_profile = models.ForeignKey(
        UserProfile, on_delete=models.SET_NULL, null=True, blank=True, related_name="accounts"
    )
    own_login_minutes = models.PositiveIntegerField(
        "own maximum login time",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(168 * 60)],
        help_text="In minutes; it counts while the user profile allows one.",
    )
    password_must_change = models.BooleanField("user must change password at next login", default=False)
    pin_verifier = models.TextField(blank=True, editable=False)
    pin_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    pin_must_change = models.BooleanField("user must change PIN at next login", default=False)
    failed_attempts = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    lock_version = models.BigIntegerField(default=0, editable=False)

    groups: models.ManyToManyField[AccessControlGroup, Membership] = models.ManyToManyField(
        "AccessControlGroup", through="Membership", blank=True, related_name="accounts"
    )

    objects = AccountQueries()

    USERNAME_FIELD = "user_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["user_id"]
        indexes = [models.Index(fields=["locked_until"], condition=models.Q(locked_until__isnull=False), name="locks")]

    def __str__(self) -> str:
        return self.user_id

    @property
    def display_name(self) -> str:
        """First and last name, or the user id where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.user_id

    def get_full_name(self) -> str:
        """Django's name for :attr:`display_name`."""
        return self.display_name

    def get_short_name(self) -> str:
        """Django's name for what a greeting uses."""
        return self.first_name or self.user_id

    def roles(self) -> frozenset[str]:
        """The roles that this account's access control groups give it; asked once per object."""
        if not hasattr(self, "_roles"):
            lists = AccessControlGroup.objects.filter(accounts=self).values_list("roles", flat=True)
            self._roles = frozenset(role for roles in lists for role in roles)
        return self._roles

    @property
    def is_staff(self) -> bool:
        """Whether the administration pages let this account in at all."""
        return self.is_active and any(permits(role, "", "view") for role in self.roles())

    @property
    def is_superuser(self) -> bool:
        """Whether every permission is given."""
        return self.is_active and "administration" in self.roles()

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Django's question: may this account do ``app.action_model``?"""
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        return self.is_active and any(permits(role, f"{app}.{model}", action) for role in self.roles())

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """Django's question about several permissions at once."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Django's question: does this account see anything of an application?"""
        return self.is_active and any(permits(role, f"{app_label}.", "view") for role in self.roles())


class AccessControlGroup(Noun):
    """A group of accounts and the roles that membership gives."""

    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=200, blank=True)
    roles = models.JSONField(default=list, blank=True, help_text=", ".join(code for code, _ in ROLE_CHOICES))
    is_standard = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An account's place in an access control group."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(AccessControlGroup, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "group"], name="account_once_per_group")]

    def __str__(self) -> str:
        return f"{self.account}: {self.group}"


class ControlledProfile(Noun):
    """A device profile that a user may log in with; ``position`` orders them, one may be the default (EM-4)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="controlled_profiles")
    profile = models.ForeignKey(DeviceProfile, on_delete=models.PROTECT, related_name="controllers")
    position = models.PositiveSmallIntegerField(default=1)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["account", "position"]
        constraints = [
            models.UniqueConstraint(fields=["account", "profile"], name="profile_once_per_account"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_default=True), name="one_default_profile_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.profile}"


class PhoneOwner(Noun):
    """The one user who owns a phone."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="ownership")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="owned_phones")

    def __str__(self) -> str:
        return f"{self.phone} ({self.account})"


class AssociatedPhone(Noun):
    """A phone that a user is associated with."""

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="associations")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="associated_phones")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["phone", "account"], name="phone_once_per_account")]

    def __str__(self) -> str:
        return f"{self.account}: {self.phone}"


class CredentialPolicy(Noun):
    """What PINs must be and what wrong ones lead to: one row, or none for the defaults (see ``rules.credentials``)."""

    minimum_length = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(4), MaxValueValidator(16)], help_text="Digits, from 4 to 16."
    )
    refuse_trivial = models.BooleanField("refuse trivial PINs", default=True)
    history = models.PositiveSmallIntegerField(
        default=5, validators=[MaxValueValidator(24)], help_text="How many earlier PINs may not come again, to 24."
    )
    expires_after_days = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(3650)], help_text="Days until a PIN must be changed; 0: never."
    )
    lock_after = models.PositiveSmallIntegerField(
        "lock after failures", default=5, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    lock_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MaxValueValidator(1440)], help_text="Minutes; 0: until an administrator unlocks."
    )
    must_change_after_reset = models.BooleanField("user must change a PIN that an administrator set", default=False)

    class Meta:
        verbose_name_plural = "credential policies"

    def __str__(self) -> str:
        return "Credential policy"


class PinHistory(models.Model):
    """A PIN that a user had, as its verifier."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pin_history")
    verifier = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"a PIN of {self.account}"


class GuessingSource(models.Model):
    """An address that wrong credentials came from, and until when it is held back (S-2)."""

    source = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField()
    held_back_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_failure_at"]

    def __str__(self) -> str:
        return self.source
