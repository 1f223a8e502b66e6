"""Log-ins across clusters in the phone feature list (EM-8), decided as a log-in is."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from roamline.rooms.emcc.answers import CAPABILITY_OFF, supports_emcc
from roamline.rooms.phones import features
from roamline.rooms.phones.models import PhoneModel


def register() -> None:
    """Have EMCC in the list."""
    feature = features.Feature(gettext_noop("EMCC"), does_support, lambda phone: not phone.protected)
    features.is_decided_by(feature, CAPABILITY_OFF)


def does_support(model: PhoneModel) -> bool:
    """Whether phones of a model log users of other clusters in; EMCC devices are none."""
    return not model.is_emcc_base and supports_emcc(
        is_software=model.is_software, registers_once=model.registers_once, capabilities=tuple(model.capabilities)
    )
