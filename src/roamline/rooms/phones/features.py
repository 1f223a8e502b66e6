"""What phones can do, by feature: the same data that the engine decides by (EM-8).

A room that knows a feature registers it in its ``AppConfig.ready``; the list report goes through all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from roamline.rooms.phones.models import Phone, PhoneModel


def _every_phone(_phone: Phone) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: whether a model has it, and which phones of such a model can use it as they are."""

    name: str
    of_model: Callable[[PhoneModel], bool]
    of_phone: Callable[[Phone], bool] = _every_phone


_features: dict[str, Feature] = {}


def register(feature: Feature) -> Feature:
    """Have a feature in the report."""
    _features[feature.name] = feature
    return feature


def features() -> list[Feature]:
    """Every feature, by name, and besides what administrators wrote down as features of models."""
    noted = {name for listed in PhoneModel.objects.values_list("capabilities", flat=True) for name in listed}
    own = [_noted(str(name)) for name in noted if str(name) not in _known_capabilities]
    return sorted([*_features.values(), *own], key=lambda feature: feature.name.lower())


_known_capabilities: set[str] = set()


def is_decided_by(feature: Feature, capability: str) -> None:
    """A registered feature that looks at this word among a model's features: the word is no feature of its own."""
    register(feature)
    _known_capabilities.add(capability)


def _noted(name: str) -> Feature:
    return Feature(name, lambda model: name in model.capabilities)


def register_own() -> None:
    """The features that phones themselves know."""
    register(Feature(gettext_noop("Extension Mobility"), lambda _model: True, lambda phone: not phone.protected))
    register(Feature(gettext_noop("Several lines"), lambda model: model.max_lines > 1))
    register(Feature(gettext_noop("Speed dials and BLF"), lambda model: model.keys > 1))
    register(Feature(gettext_noop("Configuration files"), lambda model: not model.is_software))
    register(Feature(gettext_noop("Hold reversion"), lambda _model: False))
    register(Feature(gettext_noop("Join across lines"), lambda _model: False))
    register(Feature(gettext_noop("Changes without a restart"), lambda model: model.is_software))
