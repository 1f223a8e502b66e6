"""Phones and what they run: models, device pools, device profiles, phone services."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roamline.platform.nouns import Noun
from roamline.rooms.dialplan.models import NUMBER, CallingSearchSpace
from roamline.rooms.phones.addressing import IPV4, MODES
from roamline.rooms.phones.rules import MODULE_KEYS, MOST_EXPANSION_MODULES, keys_of_modules

DEVICE_NAME = RegexValidator(r"^[A-Za-z0-9._-]{1,128}$", _("Give 1 to 128 of A-Z a-z 0-9 . _ -"))
LOAD_NAME = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", _("Give a load's name without the ending .loads"))
EXPANSION_MODULES = [("", "None"), *((name, name) for name in MODULE_KEYS)]
LOCALES = [("", "The phone's own"), ("en", "English"), ("zh", "简体中文"), ("ko", "한국어")]


class DevicePool(Noun):
    """A site: its servers, its location with the emergency call-back number, its default class of service (EM-12)."""

    name = models.CharField(max_length=50, unique=True)
    location = models.CharField(max_length=100, blank=True, help_text="What an emergency centre is told.")
    emergency_callback = models.CharField("emergency call-back number", max_length=25, blank=True, validators=[NUMBER])
    default_css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="default calling search space",
    )
    region = models.CharField(max_length=50, blank=True)
    time_zone = models.CharField("date/time group", max_length=64, default="UTC")
    sip_servers = models.JSONField(default=list, blank=True, help_text="host:port of the SIP servers, in order.")
    ip_addressing_mode = models.CharField("IP addressing mode", max_length=4, choices=MODES, default=IPV4)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PhoneModel(Noun):
    """A phone model: how many keys it has, how it registers, what it can do."""

    name = models.CharField(max_length=50, unique=True)
    product_number = models.PositiveIntegerField(null=True, blank=True, help_text="Cisco's number of the model.")
    is_software = models.BooleanField(default=False)
    keys = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    max_lines = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    registers_once = models.BooleanField(
        default=False, help_text="One REGISTER stands for all lines (Cisco enterprise firmware)."
    )
    capabilities = models.JSONField(default=list, blank=True)
    is_emcc_base = models.BooleanField(
        default=False, editable=False, help_text="Its phones stand for other clusters' phones (EMCC devices)."
    )
    load_name = models.CharField(
        "phone load name",
        max_length=64,
        blank=True,
        validators=[LOAD_NAME],
        help_text="Firmware for phones of this model; told to them only while its .loads file is served.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PhoneService(Noun):
    """A named URL that phones and profiles subscribe to; Extension Mobility itself is one (EM-2)."""

    CATEGORIES = [("services", "Services"), ("directories", "Directories"), ("messages", "Messages")]

    name = models.CharField(max_length=32, unique=True)
    url = models.CharField(max_length=255)
    secure_url = models.CharField(max_length=255, blank=True)
    category = models.CharField(max_length=12, choices=CATEGORIES, default="services")
    enabled = models.BooleanField(default=True)
    enterprise_subscription = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeviceProfile(Noun):
    """A virtual phone: lines, buttons, services, language, do-not-disturb; logging in maps one on to a phone.

    ``auto`` profiles are phones' own settings ("use current device settings"), ``default`` ones fill what a profile
    made for another model cannot give, ``user`` ones are users' device profiles (EM-3).
    """

    USER, AUTO, DEFAULT = "user", "auto", "default"
    ON, OFF, AS_DEFAULT = "on", "off", "default"
    PRIME_LINE = [(AS_DEFAULT, "Default"), (ON, "On"), (OFF, "Off")]
    KINDS = [(USER, "User device profile"), (AUTO, "A phone's own settings"), (DEFAULT, "Default device profile")]

    name = models.CharField(max_length=128, unique=True, validators=[DEVICE_NAME])
    kind = models.CharField(max_length=8, choices=KINDS, default=USER)
    description = models.CharField(max_length=200, blank=True)
    model = models.ForeignKey(PhoneModel, on_delete=models.PROTECT, related_name="profiles")
    user_locale = models.CharField(max_length=8, blank=True, choices=LOCALES)
    REJECT, RINGER_OFF = "reject", "ringer_off"
    DND_OPTIONS = [(REJECT, "Call reject"), (RINGER_OFF, "Ringer off")]

    dnd_enabled = models.BooleanField("do not disturb", default=False)
    dnd_option = models.CharField(
        "DND option",
        max_length=10,
        choices=DND_OPTIONS,
        default=REJECT,
        help_text="What becomes of calls meanwhile: refused as busy, or shown without a sound.",
    )
    ALERTS = [("", "None"), ("disable", "Disable"), ("beep", "Beep Only"), ("flash", "Flash Only")]
    dnd_alert = models.CharField(
        "DND incoming call alert",
        max_length=8,
        blank=True,
        choices=ALERTS,
        help_text="How a call shows while do not disturb is on; none: by a beep, as phones do by themselves.",
    )
    voicemail_pilot = models.CharField(
        max_length=25, blank=True, validators=[NUMBER], help_text="What the Messages key dials; empty: it does nothing."
    )
    always_use_prime_line = models.CharField(max_length=8, choices=PRIME_LINE, default="default")
    ignore_presentation = models.BooleanField(
        "ignore presentation indicators (internal calls only)",
        default=False,
        help_text="Shows internal callers who withhold who they are.",
    )
    expansion_module = models.CharField(max_length=20, blank=True, choices=EXPANSION_MODULES)
    expansion_modules = models.PositiveSmallIntegerField(
        "number of expansion modules", default=0, validators=[MaxValueValidator(MOST_EXPANSION_MODULES)]
    )
    emcc_css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="extension mobility cross cluster CSS",
        help_text="What the phone may call while the user is logged in on another cluster's phone. Empty: what the "
        "EMCC device may.",
    )
    services = models.ManyToManyField(PhoneService, blank=True, related_name="profiles")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["model"], condition=models.Q(kind="default"), name="one_default_profile_per_model"
            )
        ]
        # What lists show and search is half of the rows at most: the others are phones' own settings.
        indexes = [
            models.Index(fields=["name", "kind"], condition=~models.Q(kind="auto"), name="profiles_but_phones_own")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def keys(self) -> int:
        """How many keys the model has, with those of the expansion modules."""
        return self.model.keys + keys_of_modules(self.expansion_module, self.expansion_modules)


class Phone(Noun):
    """A physical or software phone. ``current_profile`` is what it is right now; only the mobility room sets it."""

    USES = [("owner", "Owner"), ("shared", "Shared space"), ("common", "Common area"), ("anonymous", "Anonymous")]

    name = models.CharField("device name", max_length=128, unique=True, validators=[DEVICE_NAME])
    folded_name = models.CharField(max_length=128, unique=True, editable=False)
    description = models.CharField(max_length=200, blank=True)
    model = models.ForeignKey(PhoneModel, on_delete=models.PROTECT, related_name="phones")
    device_pool = models.ForeignKey(DevicePool, on_delete=models.PROTECT, related_name="phones")
    use = models.CharField(max_length=10, choices=USES, default="anonymous")
    firmware = models.CharField(max_length=32, blank=True)
    load_name = models.CharField(
        "phone load name",
        max_length=64,
        blank=True,
        validators=[LOAD_NAME],
        help_text="Firmware for this phone instead of its model's; empty: the model's.",
    )
    css = models.ForeignKey(
        CallingSearchSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="phones",
        verbose_name="calling search space",
    )
    ip_addressing_mode = models.CharField(
        "IP addressing mode",
        max_length=4,
        blank=True,
        choices=[("", "The device pool's"), *MODES],
        help_text="Which IP versions the phone uses; in IPv6 mode it gets only IPv6 addresses.",
    )
    em_enabled = models.BooleanField("enable extension mobility", default=False)
    protected = models.BooleanField("protected device", default=False)
    pinless_allowed = models.BooleanField("marked for pinless sign-in", default=False)
    own_profile = models.OneToOneField(DeviceProfile, on_delete=models.PROTECT, related_name="phone_of_its_own")
    logout_profile = models.ForeignKey(
        DeviceProfile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="logout_phones",
        help_text="Empty: use current device settings.",
    )
    current_profile = models.ForeignKey(
        DeviceProfile, on_delete=models.PROTECT, related_name="phones_running_it", editable=False
    )
    configuration_version = models.BigIntegerField(default=1, editable=False)
    ha1 = models.CharField(max_length=32, blank=True, editable=False)
    previous_ha1 = models.CharField(max_length=32, blank=True, editable=False)
    previous_until = models.BigIntegerField(default=0, editable=False, help_text="Unix seconds.")
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    visitor = models.CharField(
        max_length=128,
        blank=True,
        default="",
        editable=False,
        help_text="The user of another cluster who is logged in: the phone registers there (EMCC).",
    )
    visitor_home = models.CharField(max_length=50, blank=True, default="", editable=False)
    history_version = models.BigIntegerField(
        default=0, editable=False, help_text="Calls from before this configuration version are no longer shown."
    )

    class Meta:
        ordering = ["name"]
        # What the first page of the administration counts, without reading a phone.
        indexes = [
            models.Index(fields=["device_pool", "em_enabled"], name="phones_of_a_pool"),
            models.Index(fields=["visitor"], condition=models.Q(visitor__gt=""), name="visited_phones"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def visited_by(self) -> str:
        """Who of another cluster is logged in, with the cluster's name; empty for nobody (RO-30)."""
        return f"{self.visitor} ({self.visitor_home})" if self.visitor else ""

    @property
    def address_mode(self) -> str:
        """The phone's IP addressing mode, else its device pool's."""
        return self.ip_addressing_mode or self.device_pool.ip_addressing_mode

    def clean(self) -> None:
        """EMCC devices are inserted, and enabled only while one is used from another cluster (RO-31)."""
        if not self.model_id or not self.model.is_emcc_base:
            return
        if self._state.adding:
            raise ValidationError({"model": _("EMCC devices are inserted under Bulk administration.")})
        if self.em_enabled and not Phone.objects.filter(pk=self.pk, em_enabled=True).exists():
            raise ValidationError(_("Nobody logs in on an EMCC device itself."))

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name, by which names are unique ignoring case (SIP registrars fold them)."""
        self.folded_name = self.name.lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class FormerPhone(models.Model):
    """A deleted phone: a phone that is added under its name goes on counting, so that it gets no earlier secret."""

    folded_name = models.CharField(max_length=128, unique=True)
    configuration_version = models.BigIntegerField(help_text="The last one that a phone of this name had.")

    def __str__(self) -> str:
        return f"{self.folded_name} until version {self.configuration_version}"


class PhoneAddress(models.Model):
    """Where a phone registered from last, and why, as it said (``Last=…`` in a Cisco phone's Reason header)."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="registered_address", primary_key=True)
    address = models.CharField(max_length=64, db_index=True)
    since = models.DateTimeField()
    reason = models.CharField(max_length=512, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.phone} at {self.address}"


class SettingsBefore(models.Model):
    """A phone's own settings as they were before a log-in, kept where they are to come back at the log-out (EM-35)."""

    phone = models.OneToOneField(Phone, on_delete=models.CASCADE, related_name="settings_before", primary_key=True)
    content = models.JSONField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.phone} before {self.taken_at:%Y-%m-%d %H:%M:%S}"
