"""Which fields of a noun travel: all plain ones but its identity, and those that are settings of their own (RO-13)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import Button, DeviceProfile, Line, PhoneModel
from roamline.rooms.roaming.rules.documents import Plain

AWAY_FIELDS = ("dnd_enabled",)
"""Fields of a profile that a user may change in any cluster, and that every cluster then adopts."""
_NEVER = {"id", "uuid", "revision", "kind", *AWAY_FIELDS}
_OF_ACCOUNT = ("first_name", "last_name", "email", "is_active", "user_locale", "self_service_id", "own_login_minutes")
_OF_MODEL = ("name", "product_number", "is_software", "keys", "max_lines", "registers_once", "capabilities")
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.JSONField)


@cache
def travelling(model: type[models.Model]) -> tuple[str, ...]:
    """The names of a noun's fields that travel."""
    if model is Account:
        return _OF_ACCOUNT
    if model is PhoneModel:
        return _OF_MODEL
    found = (field for field in model._meta.concrete_fields if isinstance(field, _PLAIN))
    return tuple(field.name for field in found if field.name not in _NEVER)


def taken(noun: Account | PhoneModel | DeviceProfile | Line | Button) -> Plain:
    """The fields of a noun that travel, with their values."""
    return {name: getattr(noun, name) for name in travelling(type(noun))}


def put(noun: Account | PhoneModel | DeviceProfile | Line | Button, fields: Plain) -> None:
    """Give a noun the fields that came, those that this version knows; ValidationError names the bad ones."""
    bad: dict[str, Any] = {}
    for name in travelling(type(noun)):
        if name not in fields:
            continue
        field = noun._meta.get_field(name)
        try:
            setattr(noun, name, field.clean(fields[name], noun))  # type: ignore[union-attr]
        except ValidationError as error:
            bad[name] = error.messages
    if bad:
        raise ValidationError(bad)
