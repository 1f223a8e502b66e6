"""Administrative changes of phones and device profiles that are more than their rows, and what is asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from roamline.rooms.ledger.changes import Author, Names, facts_of, record_added
from roamline.rooms.phones import rules
from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line, Phone, PhoneModel, PhoneService


def extension_mobility_services() -> list[PhoneService]:
    """The enabled phone services that lead to the log-in application."""
    return [s for s in PhoneService.objects.filter(enabled=True) if rules.is_extension_mobility(s.url)]


def offers_extension_mobility(profile: DeviceProfile, model: PhoneModel | None = None) -> bool:
    """Whether a phone that runs this profile has the log-in service (EM-35).

    It has it subscribed, on a key, or for the enterprise; a phone of another ``model`` than the profile's also has
    what the default device profile of its model is subscribed to (EM-38).
    """
    offered = extension_mobility_services()
    if any(service.enterprise_subscription for service in offered):
        return True
    fills_in = (
        Q(kind=DeviceProfile.DEFAULT, model=model) if model is not None and model != profile.model else Q(pk=None)
    )
    shown = Q(services__in=offered) | Q(buttons__service__in=offered)
    return DeviceProfile.objects.filter(Q(pk=profile.pk) | fills_in).filter(shown).exists()


def profiles_without_extension_mobility() -> QuerySet[DeviceProfile]:
    """The user device profiles after whose log-in a phone of their model has no log-in service (EM-35)."""
    offered = extension_mobility_services()
    if any(service.enterprise_subscription for service in offered):
        return DeviceProfile.objects.none()
    shown = DeviceProfile.objects.filter(Q(services__in=offered) | Q(buttons__service__in=offered))
    return DeviceProfile.objects.filter(kind=DeviceProfile.USER).exclude(pk__in=shown.values("pk"))


def logout_profile_of(phone: Phone) -> DeviceProfile:
    """What a phone runs when nobody is logged in."""
    return phone.logout_profile or phone.own_profile


@transaction.atomic
def subscribe(profile: DeviceProfile, services: Iterable[PhoneService]) -> bool:
    """Make these the services that a profile is subscribed to (EM-5); whether anything changed."""
    wanted = {service.pk for service in services}
    if wanted == set(profile.services.values_list("pk", flat=True)):
        return False
    profile.services.set(wanted)
    return True


@transaction.atomic
def copy_profile(profile: DeviceProfile, *, name: str, author: Author, now: datetime) -> DeviceProfile:
    """Add a user device profile with everything that another has; ValidationError for a bad or taken name (EM-3)."""
    copy = DeviceProfile(
        name=name, kind=DeviceProfile.USER, description=profile.description, model=profile.model,
        user_locale=profile.user_locale, dnd_enabled=profile.dnd_enabled,
        dnd_option=profile.dnd_option, dnd_alert=profile.dnd_alert, voicemail_pilot=profile.voicemail_pilot,
        always_use_prime_line=profile.always_use_prime_line, ignore_presentation=profile.ignore_presentation,
        expansion_module=profile.expansion_module, expansion_modules=profile.expansion_modules,
        emcc_css=profile.emcc_css,
    )  # fmt: skip
    copy.full_clean()
    copy.save()
    copy.services.set(profile.services.all())
    lines = list(profile.lines.all())
    rows: list[Line | Button] = [*lines, *profile.buttons.all()]
    for row in rows:
        forwards = list(Forward.objects.filter(line_id=row.pk)) if row in lines else []
        row.pk, row.profile, row._state.adding = None, copy, True
        row.uuid = type(row)._meta.get_field("uuid").get_default()
        row.revision = 0
        row.save()
        for forward in forwards:
            forward.pk, forward.line_id, forward._state.adding = None, row.pk, True
            forward.save()
    facts = {**facts_of(copy, ("lines", "buttons")), "copy of": profile.name}
    record_added(copy, "device_profile", facts, Names(subject=copy.name), author, now)
    return copy


def profiles_using(service: PhoneService) -> list[int]:
    """The ids of profiles that show a service: subscribed, or with a key for it."""
    shown = Q(services=service) | Q(buttons__service=service)
    return list(DeviceProfile.objects.filter(shown).distinct().values_list("pk", flat=True))
