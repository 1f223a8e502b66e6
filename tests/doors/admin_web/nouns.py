"""What the battery needs to know of each noun: how it is made, added, changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from roamline.doors.admin_web.models import ApplicationUser, EndUser
from roamline.rooms.dialplan import administration as dialplan
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    DirectoryNumber,
    Partition,
    RoutePattern,
    TranslationPattern,
    Trunk,
)
from roamline.rooms.directory.models import (
    AccessControlGroup,
    Account,
    AssociatedPhone,
    ControlledProfile,
    Membership,
    PhoneOwner,
    UserProfile,
)
from roamline.rooms.headsets.models import Headset, ModelRequirement
from roamline.rooms.mobility.models import LogOutSchedule
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button, DevicePool, DeviceProfile, Line, Phone, PhoneModel, PhoneService
from tests.doors.admin_web.small_site import NOW

Make = Callable[[Any, int], Any]


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun: ``make(site, n)`` gives the n-th one, ``add(site)`` the fields of a new one, ``change`` an edit."""

    model: Any
    kind: str
    make: Make
    add: Callable[[Any], dict[str, Any]]
    change: dict[str, Any]
    name: str = "name"

    def __str__(self) -> str:
        return str(self.model.__name__)


def _css(site: Any, n: int) -> CallingSearchSpace:
    css = CallingSearchSpace.objects.create(name=f"Space {n}")
    for position, partition in enumerate((site.routing.internal, site.routing.intercom), start=1):
        CallingSearchSpaceMember.objects.create(css=css, partition=partition, position=position)
    return css


def _number(site: Any, n: int) -> DirectoryNumber:
    made, _ = DirectoryNumber.objects.get_or_create(pattern=f"77{n:03}", partition=site.routing.internal)
    return made


def _pattern(site: Any, n: int) -> RoutePattern:
    pattern = RoutePattern(pattern=f"8{n:03}X", partition=site.routing.internal, trunk=Trunk.objects.first())
    dialplan.save_route_pattern(pattern)
    return pattern


def _translation(site: Any, n: int) -> TranslationPattern:
    pattern = TranslationPattern(pattern=f"6{n:03}X", partition=site.routing.internal, prefix="1")
    dialplan.save_translation_pattern(pattern)
    return pattern


def _profile(site: Any, n: int) -> DeviceProfile:
    profile = DeviceProfile.objects.create(name=f"EM_test{n}", model=site.routing.models["Cisco 8851"])
    Line.objects.create(profile=profile, index=1, button=1, directory_number=_number(site, n))
    Button.objects.create(profile=profile, position=2, kind="speed_dial", label="Bob", number="1002")
    profile.services.set(site.routing.services)
    return profile


def _phone(site: Any, n: int) -> Phone:
    phone = phones.add_phone(
        name=f"SEP00000000{n:04X}", model=site.routing.models["Cisco 8851"], device_pool=DevicePool.objects.first(),
        em_enabled=True, actor="test", now=NOW,
    )  # fmt: skip
    Line.objects.create(profile=phone.own_profile, index=1, button=1, directory_number=_number(site, n))
    PhoneOwner.objects.create(phone=phone, account_id=site.alice.pk)
    return phone


def _end_user(site: Any, n: int) -> EndUser:
    user = EndUser(user_id=f"user{n}", first_name="User", primary_extension=_number(site, n))
    user.set_unusable_password()
    user.save()
    ControlledProfile.objects.create(account=user, profile=site.profile)
    AssociatedPhone.objects.create(account=user, phone=site.phone(1))
    return user


def _application_user(_site: Any, n: int) -> ApplicationUser:
    user = ApplicationUser(user_id=f"program{n}", kind=Account.APPLICATION)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(account=user, group=AccessControlGroup.objects.get(name="Standard CCM Read Only"))
    return user


def _requirement(_site: Any, n: int) -> ModelRequirement:
    model = PhoneModel.objects.create(name=f"Model {n}")
    return ModelRequirement.objects.create(phone_model=model, minimum_firmware=f"14.{n}(1)")


def _group(site: Any, n: int) -> AccessControlGroup:
    group = AccessControlGroup.objects.create(name=f"Group {n}", roles=["read only"])
    Membership.objects.create(account_id=site.alice.pk, group=group)
    return group


NOUNS = [
    Noun(Partition, "partition", lambda _site, n: Partition.objects.create(name=f"Part {n}"),
         lambda _site: {"name": "New partition"}, {"description": "changed"}),
    Noun(CallingSearchSpace, "calling_search_space", _css,
         lambda _site: {"name": "New space"}, {"description": "changed"}),
    Noun(DirectoryNumber, "directory_number", _number,
         lambda site: {"pattern": "7999", "partition": site.routing.internal.pk}, {"alerting_name": "changed"},
         name="pattern"),
    Noun(RoutePattern, "route_pattern", _pattern,
         lambda site: {"pattern": "6[1-3]X!", "partition": site.routing.internal.pk}, {"description": "changed"},
         name="pattern"),
    Noun(TranslationPattern, "translation_pattern", _translation,
         lambda site: {"pattern": "5[1-3]X", "partition": site.routing.internal.pk, "prefix": "1"},
         {"description": "changed"}, name="pattern"),
    Noun(Trunk, "trunk", lambda _site, n: Trunk.objects.create(name=f"Trunk {n}", host="192.0.2.1"),
         lambda _site: {"name": "New trunk", "host": "192.0.2.9"}, {"host": "192.0.2.2"}),
    Noun(DevicePool, "device_pool", lambda _site, n: DevicePool.objects.create(name=f"Pool {n}"),
         lambda _site: {"name": "New pool", "time_zone": "Asia/Seoul", "sip_servers": "192.0.2.1:5060"},
         {"location": "changed"}),
    Noun(PhoneModel, "phone_model", lambda _site, n: PhoneModel.objects.create(name=f"Model {n}"),
         lambda _site: {"name": "New model", "keys": "4", "max_lines": "2"}, {"keys": "6"}),
    Noun(PhoneService, "phone_service",
         lambda _site, n: PhoneService.objects.create(name=f"Service {n}", url=f"http://192.0.2.1/{n}"),
         lambda _site: {"name": "News", "url": "http://192.0.2.1/news"}, {"url": "http://192.0.2.1/changed"}),
    Noun(DeviceProfile, "device_profile", _profile,
         lambda site: {"name": "EM_new", "kind": "user", "model": site.routing.models["Cisco 8851"].pk},
         {"description": "changed"}),
    Noun(Phone, "phone", _phone,
         lambda site: {"name": "SEP00AABBCCDDEE", "model": site.routing.models["Cisco 8851"].pk,
                       "device_pool": DevicePool.objects.first().pk, "use": "anonymous"},
         {"description": "changed"}),
    Noun(Headset, "headset", lambda _site, n: Headset.objects.create(serial=f"SERIAL-{n}"),
         lambda _site: {"serial": "NEW-SERIAL", "connection": "wired"}, {"template": "changed"}, name="serial"),
    Noun(ModelRequirement, "headset_model", _requirement,
         lambda site: {"phone_model": site.routing.models["Cisco 8851"].pk, "qualifies": "on",
                       "minimum_firmware": "14.1(1)"},
         {"minimum_firmware": "14.2(1)"}, name="minimum_firmware"),
    Noun(EndUser, "end_user", _end_user, lambda _site: {"user_id": "newcomer"}, {"last_name": "changed"},
         name="user_id"),
    Noun(ApplicationUser, "application_user", _application_user, lambda _site: {"user_id": "newprogram"},
         {"last_name": "changed"}, name="user_id"),
    Noun(AccessControlGroup, "access_control_group", _group, lambda _site: {"name": "New group", "roles": "read only"},
         {"description": "changed"}),
    Noun(UserProfile, "user_profile", lambda _site, n: UserProfile.objects.create(name=f"Profile {n}"),
         lambda _site: {"name": "New profile"}, {"name": "changed"}),
    Noun(LogOutSchedule, "schedule", lambda _site, n: LogOutSchedule.objects.create(name=f"Schedule {n}", at="19:00"),
         lambda _site: {"name": "New schedule", "whom": "everybody", "at": "19:00", "days": ["4"]},
         {"name": "changed"}),
]  # fmt: skip
