"""Administrative changes of phones and device profiles that are more than their rows, and what is asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

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
    shown = [profile.pk]
    if model is not None and model != profile.model:
        shown += DeviceProfile.objects.filter(kind=DeviceProfile.DEFAULT, model=model).values_list("pk", flat=True)
    subscribed = DeviceProfile.services.through.objects.filter(deviceprofile__in=shown, phoneservice__in=offered)
    return subscribed.exists() or Button.objects.filter(profile__in=shown, service__in=offered).exists()


def without_extension_mobility(profiles: QuerySet[DeviceProfile]) -> QuerySet[DeviceProfile]:
    """Those user device profiles after whose log-in a phone of their model has no log-in service (EM-35)."""
    offered = extension_mobility_services()
    if any(service.enterprise_subscription for service in offered):
        return profiles.none()
    # Both conditions on the kind: the first is that of an index that has only these.
    of_users = profiles.exclude(kind=DeviceProfile.AUTO).filter(kind=DeviceProfile.USER)
    return of_users.exclude(_subscribed(offered, OuterRef("pk"))).exclude(pk__in=_with_key(offered))


def phones_without_extension_mobility(phones: QuerySet[Phone]) -> QuerySet[Phone]:
    """Those phones with Extension Mobility that have no log-in service while nobody is logged in (EM-35)."""
    offered = extension_mobility_services()
    if any(service.enterprise_subscription for service in offered):
        return phones.none()
    logged_out = phones.filter(em_enabled=True).annotate(logged_out=Coalesce("logout_profile", "own_profile"))
    profile = Coalesce(OuterRef("logout_profile"), OuterRef("own_profile"))
    made_for_another = Q(logout_profile__isnull=False) & ~Q(model=F("logout_profile__model"))
    filled_in = Q(model__in=_models_filled_in(offered)) & made_for_another
    without = logged_out.exclude(_subscribed(offered, profile)).exclude(logged_out__in=_with_key(offered))
    return without.exclude(filled_in)


def phones_stuck(phones: QuerySet[Phone]) -> QuerySet[Phone]:
    """Those phones that run a profile without a log-in service, unless their model's default profile adds it."""
    models = _models_filled_in(extension_mobility_services())
    filled_in = Q(model__in=models) & ~Q(model=F("current_profile__model"))
    without = without_extension_mobility(DeviceProfile.objects.all())
    return phones.filter(current_profile__in=without.values("pk")).exclude(filled_in)


def _models_filled_in(services: list[PhoneService]) -> list[int]:
    """The models whose default device profile gives one of these services to profiles of other models (EM-38)."""
    defaults = DeviceProfile.objects.filter(kind=DeviceProfile.DEFAULT)
    shown = defaults.filter(Q(_subscribed(services, OuterRef("pk"))) | Q(pk__in=_with_key(services)))
    return list(shown.order_by().values_list("model", flat=True))


def _subscribed(services: list[PhoneService], profile: Any) -> Exists:
    """Whether a profile is subscribed to one of these services: asked row by row, by an index of both columns."""
    subscriptions = DeviceProfile.services.through.objects
    return Exists(subscriptions.filter(deviceprofile=profile, phoneservice__in=services))


def _with_key(services: list[PhoneService]) -> QuerySet[Button, int]:
    """The profiles that have one of these services on a key: few, so they are listed once."""
    return Button.objects.filter(service__in=services).values_list("profile", flat=True)


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
