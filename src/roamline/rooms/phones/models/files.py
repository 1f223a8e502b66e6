"""Files that phones fetch, and phones that fetched and are nobody's yet."""

from __future__ import annotations

from django.db import models

from roamline.platform.nouns import Noun


class PhoneFile(Noun):
    """A file that an administrator uploaded for phones (EM-13); its content lies under the data folder."""

    FIRMWARE, LOCALE, RING_TONE, WALLPAPER, OTHER = "firmware", "locale", "ring_tone", "wallpaper", "other"
    KINDS = [
        (FIRMWARE, "Firmware"),
        (LOCALE, "Locale"),
        (RING_TONE, "Ring tone"),
        (WALLPAPER, "Wallpaper"),
        (OTHER, "Other"),
    ]

    name = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=10, choices=KINDS)
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, editable=False)
    content_key = models.CharField(max_length=32, unique=True, editable=False)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=128)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PhoneThatAsked(Noun):
    """A phone that nobody has added yet, and that fetched the file for unknown phones (EM-13)."""

    name = models.CharField("device name", max_length=15, unique=True)
    address = models.GenericIPAddressField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    fetches = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-last_seen"]
        verbose_name_plural = "phones that asked"

    def __str__(self) -> str:
        return self.name
