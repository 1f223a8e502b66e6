"""Headset services in the phone feature list (EM-8)."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from roamline.rooms.headsets.models import ModelRequirement
from roamline.rooms.headsets.rules.conditions import CAPABILITY, firmware_suffices, supports_headsets
from roamline.rooms.phones import features
from roamline.rooms.phones.models import Phone, PhoneModel


def register() -> None:
    """Have sign-in by headset in the list, decided as a sign-in is."""
    feature = features.Feature(gettext_noop("Headset services"), _of_model, _of_phone)
    features.is_decided_by(feature, CAPABILITY)


def _of_model(model: PhoneModel) -> bool:
    row = _row(model)
    return supports_headsets(
        model=model.name, is_software=model.is_software, capabilities=model.capabilities,
        qualifies=row.qualifies if row else None,
    )  # fmt: skip


def _of_phone(phone: Phone) -> bool:
    row = _row(phone.model)
    minimum = row.minimum_firmware if row else ""
    suffices = firmware_suffices(firmware=phone.firmware, minimum_firmware=minimum, is_software=phone.model.is_software)
    return suffices and not phone.protected


def _row(model: PhoneModel) -> ModelRequirement | None:
    return getattr(model, "headset_requirement", None)
