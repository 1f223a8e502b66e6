"""What users change of their own: their language and the speed dials of their profiles (SC-1).

Phones that run what was changed fetch it anew; nobody's session ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service.reconfigure import reconfigure_phones, reconfigure_phones_running
from roamline.rooms.mobility.service.terms import By
from roamline.rooms.phones.models import Button, DeviceProfile, Line

SPEED_DIAL = "speed_dial"


@dataclass(frozen=True, slots=True)
class SpeedDial:
    """What a key dials, and what stands beside it."""

    label: str
    number: str


@transaction.atomic
def set_language(account: Account, locale: str, by: By, now: datetime) -> bool:
    """Set the language that phones speak to a user; False when it was so already. The phones they are on reset.

    Errors: ValidationError for a language that phones do not have.
    """
    if account.user_locale == locale:
        return False
    before, account.user_locale = account.user_locale, locale
    account.clean_fields(exclude=[field.name for field in account._meta.fields if field.name != "user_locale"])
    Account.objects.filter(pk=account.pk).update(user_locale=locale, revision=F("revision") + 1)
    ledger.record(
        at=now, action="language.set", actor=by.actor, way=by.way, source=by.source, user_id=account.user_id,
        details={"changes": {"user_locale": {"before": before, "after": locale}}},
    )  # fmt: skip
    on = LoginSession.objects.filter(account=account, ended_at__isnull=True).values_list("phone_id", flat=True)
    reconfigure_phones(on, by.actor, now, action="reset")
    return True


def profile_of(account: Account, uuid: UUID) -> DeviceProfile:
    """One of the profiles that a user controls. Errors: PermissionDenied for any other."""
    found = ControlledProfile.objects.filter(account=account, profile__uuid=uuid).select_related("profile__model")
    controlled = found.first()
    if controlled is None:
        raise PermissionDenied("the user does not control this profile")
    return controlled.profile


def speed_dials_of(profile: DeviceProfile) -> dict[int, SpeedDial | None]:
    """The keys of a profile that its user may fill, by position: a speed dial, or None where a key is free."""
    others = set(Line.objects.filter(profile=profile).values_list("button", flat=True))
    others |= set(Button.objects.filter(profile=profile).exclude(kind=SPEED_DIAL).values_list("position", flat=True))
    dials = {
        button.position: SpeedDial(button.label, button.number)
        for button in Button.objects.filter(profile=profile, kind=SPEED_DIAL)
    }
    return {key: dials.get(key) for key in range(1, profile.model.keys + 1) if key not in others}


@transaction.atomic
def set_speed_dials(profile: DeviceProfile, wanted: Mapping[int, SpeedDial | None], by: By, now: datetime) -> bool:
    """Make the speed dials of a profile these, by key; keys that are not named stay. False when nothing changed.

    Errors: ValidationError, by key, for a key that is none of the user's, or a number or label that cannot be.
    """
    list(DeviceProfile.objects.select_for_update().filter(pk=profile.pk).values_list("pk"))
    before = speed_dials_of(profile)
    changes = {key: dial for key, dial in wanted.items() if before.get(key) != dial}
    if any(key not in before for key in changes):
        raise ValidationError(_("this key is not one of the user's own"))
    for key, dial in changes.items():
        Button.objects.filter(profile=profile, position=key, kind=SPEED_DIAL).delete()
        if dial is not None:
            button = Button(profile=profile, position=key, kind=SPEED_DIAL, label=dial.label, number=dial.number)
            _clean(button, key)
            button.save()
    if not changes:
        return False
    DeviceProfile.objects.filter(pk=profile.pk).update(revision=F("revision") + 1)
    ledger.record(
        at=now, action="speed_dials.set", actor=by.actor, way=by.way, source=by.source, user_id=by.actor,
        subject=profile.name,
        details={"changes": {f"key {key}": {"before": _text(before[key]), "after": _text(changes[key])}
                             for key in sorted(changes)}},
    )  # fmt: skip
    reconfigure_phones_running([profile.pk], by.actor, now)
    return True


def _clean(button: Button, key: int) -> None:
    try:
        button.full_clean()
    except ValidationError as objections:
        raise ValidationError({str(key): objections.messages}) from objections


def _text(dial: SpeedDial | None) -> str:
    return f"{dial.label} {dial.number}" if dial else ""
