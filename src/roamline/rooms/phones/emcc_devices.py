"""EMCC devices: rows that stand here for other clusters' phones while a user of this cluster is logged in on those."""

from __future__ import annotations

from django.db.models import Q

from roamline.rooms.phones.models import Phone

IS_EMCC_DEVICE = Q(model__is_emcc_base=True)
"""For query sets of phones."""


def is_emcc_device(phone: Phone) -> bool:
    """Whether a phone is an EMCC device: nobody logs in on it here, it has no hardware and no configuration file."""
    return phone.model.is_emcc_base
