"""A phone's own settings as they are at a moment, and as they were: kept over a log-in, given back after it (EM-35)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core import serializers
from django.core.serializers.base import DeserializedObject
from django.db import models

from roamline.platform import sql
from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line, SettingsBefore

_FORMAT = "json"

_DROP = "DELETE FROM phones_settingsbefore WHERE phone_id IN ({marks}) RETURNING phone_id, content"


def keep(phone_id: int, profile_id: int, now: datetime) -> None:
    """Keep a phone's own settings as they are now."""
    SettingsBefore.objects.update_or_create(phone_id=phone_id, defaults={"content": taken(profile_id), "taken_at": now})


def drop(phone_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What was kept of phones' settings, which is kept no longer; phones of which nothing was are missing."""
    rows = sql.rows(_DROP.format(marks=sql.marks(len(phone_ids))), phone_ids) if phone_ids else []
    return {phone_id: json.loads(kept) if isinstance(kept, str) else kept for phone_id, kept in rows}


def taken(profile_id: int) -> dict[str, str]:
    """All of a profile, with its lines, their forwards, buttons and services, as text."""
    return {
        "profile": serializers.serialize(_FORMAT, DeviceProfile.objects.filter(pk=profile_id)),
        "lines": serializers.serialize(_FORMAT, Line.objects.filter(profile_id=profile_id).order_by("pk")),
        "forwards": serializers.serialize(_FORMAT, Forward.objects.filter(line__profile_id=profile_id).order_by("pk")),
        "buttons": serializers.serialize(_FORMAT, Button.objects.filter(profile_id=profile_id).order_by("pk")),
    }


def give_back(profile_id: int, content: dict[str, str]) -> bool:
    """Make a profile what it was; False when nothing had changed. What is no longer there to refer to is left out."""
    if taken(profile_id) == content:
        return False
    Line.objects.filter(profile_id=profile_id).delete()
    Button.objects.filter(profile_id=profile_id).delete()
    for part in ("profile", "lines", "forwards", "buttons"):
        for row in serializers.deserialize(_FORMAT, content.get(part, "[]")):
            if _can_stand(row):
                row.save()
    return True


def _can_stand(row: DeserializedObject) -> bool:
    """Whether everything that a row needs is still there; what it can do without is emptied."""
    for field in row.object._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or getattr(row.object, field.attname) is None:
            continue
        if not _exists(field.related_model, getattr(row.object, field.attname)):
            if not field.null:
                return False
            setattr(row.object, field.attname, None)
    row.m2m_data = {
        name: [key for key in keys if _exists(row.object._meta.get_field(name).related_model, key)]
        for name, keys in (row.m2m_data or {}).items()
    }
    return True


def _exists(model: Any, key: Any) -> bool:
    return bool(model._default_manager.filter(pk=getattr(key, "pk", key)).exists())
