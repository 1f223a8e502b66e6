"""Adding and changing phones and profiles, each with its audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from roamline.kernel.secret import Secret
from roamline.rooms.dialplan.models import CallingSearchSpace, DirectoryNumber
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import DevicePool, DeviceProfile, FormerPhone, Line, Phone, PhoneModel

AT_ONCE = 500


@transaction.atomic
def add_phone(
    *,
    name: str,
    model: PhoneModel,
    device_pool: DevicePool,
    actor: str,
    now: datetime,
    description: str = "",
    use: str = "anonymous",
    firmware: str = "",
    css: CallingSearchSpace | None = None,
    em_enabled: bool = False,
    protected: bool = False,
    pinless_allowed: bool = False,
    way: str = "",
    source: str = "",
) -> Phone:
    """Add a phone together with the profile of its own settings, which it runs until somebody logs in.

    Errors: ValidationError for a name, model or flags that a phone cannot have; a protected phone cannot be enabled
    for extension mobility (EM-36).
    """
    phone = Phone(
        name=name, model=model, device_pool=device_pool, description=description, use=use, firmware=firmware,
        css=css, em_enabled=em_enabled and not protected, protected=protected, pinless_allowed=pinless_allowed,
    )  # fmt: skip
    save_new_phone(phone)
    ledger.record(
        at=now, action="phone.added", actor=actor, way=way, source=source, device=name, details={"model": model.name}
    )
    return phone


def save_new_phone(phone: Phone) -> None:
    """Save a phone that is new, with the profile of its own settings and its first secret.

    ValidationError names every bad field.
    """
    own = DeviceProfile(name=own_profile_name(phone.name), kind=DeviceProfile.AUTO, model=phone.model)
    own.full_clean()
    own.save()
    phone.own_profile = phone.current_profile = own
    phone.folded_name = phone.name.lower()
    phone.configuration_version = _first_version(phone.folded_name)
    phone.ha1 = secrets.ha1_of(phone.name, phone.configuration_version)
    phone.full_clean()
    phone.save()


@transaction.atomic
def save_new_phones(phones: Sequence[Phone]) -> None:
    """Save many new phones of one kind, whose names somebody has checked, in a few statements.

    IntegrityError when a phone or profile of one of the names exists.
    """
    names = [own_profile_name(phone.name) for phone in phones]
    kind = DeviceProfile.AUTO
    made = [DeviceProfile(name=name, kind=kind, model=phone.model) for name, phone in zip(names, phones, strict=True)]
    DeviceProfile.objects.bulk_create(made, batch_size=AT_ONCE)
    former = dict(FormerPhone.objects.values_list("folded_name", "configuration_version"))
    for own, phone in zip(made, phones, strict=True):
        phone.own_profile = phone.current_profile = own
        phone.folded_name = phone.name.lower()
        phone.configuration_version = former.get(phone.folded_name, 0) + 1
        phone.ha1 = secrets.ha1_of(phone.name, phone.configuration_version)
    Phone.objects.bulk_create(phones, batch_size=AT_ONCE)


def delete(phone: Phone) -> None:
    """Delete a phone, remembering how far its versions went: a secret that it had is nobody's ever again (S-7).

    Its own profile stays: whoever calls has sessions of it to delete first.
    """
    last = Phone.objects.values_list("folded_name", "configuration_version").get(pk=phone.pk)
    FormerPhone.objects.update_or_create(folded_name=last[0], defaults={"configuration_version": last[1]})
    phone.delete()


def _first_version(folded_name: str) -> int:
    former = FormerPhone.objects.filter(folded_name=folded_name).values_list("configuration_version", flat=True).first()
    return 1 if former is None else former + 1


def own_profile_name(device: str) -> str:
    """The name of the profile that holds a phone's own settings."""
    return f"ADP_{device}"[:128]


@transaction.atomic
def add_line(
    *,
    profile: DeviceProfile,
    number: DirectoryNumber,
    actor: str,
    now: datetime,
    button: int | None = None,
    label: str = "",
    display_name: str = "",
    css: CallingSearchSpace | None = None,
    is_intercom: bool = False,
    default_phone: Phone | None = None,
) -> Line:
    """Add a line at the profile's next index, on the next key unless one is named."""
    index = profile.lines.count() + 1
    line = Line(
        profile=profile, index=index, button=button or index, directory_number=number, label=label,
        display_name=display_name, css=css, is_intercom=is_intercom, default_phone=default_phone,
    )  # fmt: skip
    line.full_clean()
    line.save()
    ledger.record(at=now, action="line.added", actor=actor, subject=f"{profile.name}: {number.pattern}")
    return line


@transaction.atomic
def issue_token(phone: Phone, *, actor: str, now: datetime, way: str = "", source: str = "") -> Secret:
    """Give a phone a fresh device token, in place of any earlier one; only its hash is kept."""
    token = secrets.new_token()
    Phone.objects.filter(pk=phone.pk).update(token_hash=secrets.token_hash(token))
    ledger.record(at=now, action="phone.token_issued", actor=actor, way=way, source=source, device=phone.name)
    return token
