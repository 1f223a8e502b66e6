"""Phones, profiles and users for tests, made through the rooms' services.

Argon2's cost is never lowered. What a PIN or password costs is paid once per session: an account's uuid follows from
its user id, so that its sealed verifier can be kept and used again by the next test.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.contrib.auth.hashers import make_password

from roamline.kernel.secret import Secret
from roamline.rooms.dialplan.models import CallingSearchSpace, DirectoryNumber, Partition
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.directory.rules.roles import STANDARD_GROUPS
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import REGISTRY, Parameter
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneModel

NOW = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
PIN = "27182"
PASSWORD = "a-password-for-tests"
PROXY_RIGHTS = "Standard EM Authentication Proxy Rights"
ACTOR = "tests"


def uuid_of(user_id: str) -> UUID:
    """The uuid that every test's account with this user id has."""
    return uuid5(NAMESPACE_DNS, f"{user_id}.tests.invalid")


@cache
def verifier_of(user_id: str, pin: str = PIN) -> str:
    """The sealed verifier of a PIN for such an account; made once per session."""
    return verifiers.make(Secret(pin), uuid_of(user_id))


@cache
def password_hash(password: str = PASSWORD) -> str:
    """The stored form of a password; made once per session."""
    return make_password(password)


def model(name: str = "Cisco 8851", *, keys: int = 10, max_lines: int = 10, is_software: bool = False) -> PhoneModel:
    """A phone model, made when it is new."""
    found, _ = PhoneModel.objects.get_or_create(
        name=name,
        defaults={"keys": keys, "max_lines": max_lines, "is_software": is_software, "registers_once": not is_software},
    )
    return found


def device_pool(name: str = "Lobby", **fields: object) -> DevicePool:
    """A device pool, made when it is new."""
    return DevicePool.objects.get_or_create(name=name, defaults=fields)[0]


def number(pattern: str, partition: str = "Internal") -> DirectoryNumber:
    """A directory number in a partition, both made when they are new."""
    inside, _ = Partition.objects.get_or_create(name=partition)
    return DirectoryNumber.objects.get_or_create(pattern=pattern, partition=inside)[0]


def calling_search_space(name: str = "Internal only") -> CallingSearchSpace:
    """A calling search space without partitions, made when it is new."""
    return CallingSearchSpace.objects.get_or_create(name=name)[0]


def phone(name: str = "SEP0011AA220001", *, em_enabled: bool = True, own_number: str = "", **fields: object) -> Phone:
    """A phone, enabled for Extension Mobility unless said otherwise; with a line when given a number."""
    made = phones.add_phone(
        name=name,
        model=fields.pop("model", None) or model(),  # type: ignore[arg-type]
        device_pool=device_pool(),
        em_enabled=em_enabled,
        actor=ACTOR,
        now=NOW,
        **fields,  # type: ignore[arg-type]
    )
    if own_number:
        phones.add_line(profile=made.own_profile, number=number(own_number), actor=ACTOR, now=NOW)
    return made


def profile(
    name: str,
    *,
    numbers: tuple[str, ...] = (),
    of_model: PhoneModel | None = None,
    locale: str = "",
    kind: str = DeviceProfile.USER,
) -> DeviceProfile:
    """A device profile with a line for each number."""
    made = DeviceProfile.objects.create(name=name, model=of_model or model(), user_locale=locale, kind=kind)
    for pattern in numbers:
        phones.add_line(profile=made, number=number(pattern), actor=ACTOR, now=NOW)
    return made


def user(
    user_id: str = "alice",
    *,
    pin: str | None = PIN,
    password: str | None = None,
    profiles: tuple[str, ...] | None = None,
    kind: str = Account.END,
    groups: tuple[str, ...] = (),
    **fields: object,
) -> Account:
    """An account with a PIN; an end user controls ``EM_<user id>`` unless told otherwise, the first is the default."""
    made = directory.add_account(user_id=user_id, kind=kind, actor=ACTOR, now=NOW, **fields)  # type: ignore[arg-type]
    kept = {"uuid": uuid_of(user_id)}
    if pin is not None and kind == Account.END:
        kept |= {"pin_verifier": verifier_of(user_id, pin)}
    if password is not None:
        kept |= {"password": password_hash(password)}
    Account.objects.filter(pk=made.pk).update(**kept)
    made.refresh_from_db()
    if profiles is None:
        profiles = (f"EM_{user_id}",) if kind == Account.END else ()
    for position, name in enumerate(profiles):
        controlled = DeviceProfile.objects.filter(name=name).first() or profile(name)
        directory.add_controlled_profile(made, controlled, is_default=position == 0, actor=ACTOR, now=NOW)
    for name in groups:
        directory.join_group(made, group(name), actor=ACTOR, now=NOW)
    return made


def group(name: str) -> AccessControlGroup:
    """A standard access control group (a test with real transactions may have emptied their table)."""
    defaults = {"roles": STANDARD_GROUPS.get(name, []), "is_standard": name in STANDARD_GROUPS}
    return AccessControlGroup.objects.get_or_create(name=name, defaults=defaults)[0]


def proxy(user_id: str = "emproxy", password: str = PASSWORD) -> Account:
    """An application user with the proxy right."""
    return user(user_id, kind=Account.APPLICATION, password=password, groups=(PROXY_RIGHTS,))


def set_parameter(parameter: Parameter, value: str, now: datetime = NOW) -> None:
    """Change a parameter as an administrator does."""
    parameters.change(
        service=parameter.service, name=parameter.name, value=value, actor=ACTOR, way="tests", source="", now=now
    )


def parameter(name: str) -> Parameter:
    """A parameter by the name that administrators see."""
    return next(each for each in REGISTRY.values() if each.name == name)
