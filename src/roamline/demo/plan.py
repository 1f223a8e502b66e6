"""The demo's dial plan, device pools, phone models, phone services and phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    DirectoryNumber,
    Partition,
    RoutePattern,
    Trunk,
)
from roamline.rooms.phones import catalogue
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button, DevicePool, DeviceProfile, Phone, PhoneModel, PhoneService


@dataclass(frozen=True, slots=True)
class Routing:
    """What people and phones refer to."""

    internal: Partition
    intercom: Partition
    inside: CallingSearchSpace
    everywhere: CallingSearchSpace
    models: dict[str, PhoneModel]
    services: tuple[PhoneService, ...]

    def number(self, pattern: str, partition: Partition | None = None) -> DirectoryNumber:
        """A directory number, made when it is new."""
        found, _ = DirectoryNumber.objects.get_or_create(pattern=pattern, partition=partition or self.internal)
        return found


# name, model, pool, firmware, use, own number, Extension Mobility enabled, protected, marked for pinless sign-in
PHONES = [
    ("SEP0011AA220001", "Cisco 8851", "Lobby", "14.1(1)", "anonymous", "1901", True, False, False),
    ("SEP0011AA220002", "Cisco 8851", "Floor 2", "14.1(1)", "owner", "1002", True, False, False),
    ("SEP0011AA220003", "Cisco 7841", "Floor 2", "14.1(1)", "shared", "1903", True, False, False),
    ("SEP0011AA220004", "Cisco 8811", "Floor 2", "14.1(1)", "anonymous", "1904", False, False, False),
    ("SEP0011AA220005", "Cisco 8851", "Floor 2", "12.8(1)", "anonymous", "1905", True, False, False),
    ("SEP0011AA220006", "Software phone", "Lobby", "", "anonymous", "1906", True, False, False),
    ("SEP0011AA220007", "Software phone", "Lobby", "", "anonymous", "1907", True, False, True),
    ("SEP0011AA220008", "Cisco 8851", "Floor 2", "14.1(1)", "anonymous", "1908", False, True, False),
    ("SEP0011AA220009", "Software phone", "Floor 2", "", "owner", "1909", True, False, False),
]


def build(actor: str, now: datetime) -> Routing:
    """Create everything that is not a person."""
    partitions = {name: Partition.objects.create(name=name) for name in ("Internal", "External", "Intercom")}
    dialplan.save_route_pattern(RoutePattern(pattern="9!", partition=partitions["External"], trunk=_trunk()))
    routing = Routing(
        internal=partitions["Internal"],
        intercom=partitions["Intercom"],
        inside=_css("Internal only", partitions["Internal"], partitions["Intercom"]),
        everywhere=_css("Internal and external", *partitions.values()),
        models=catalogue.add_models(),
        services=(_em_service(),),
    )
    pools = _pools(routing)
    for row in PHONES:
        _phone(row, routing, pools, actor, now)
    _default_profile_for_the_7841(routing)
    return routing


def _trunk() -> Trunk:
    host, _, port = str(settings.CONFIG["call_control.emergency_gateway"]).rpartition(":")
    return Trunk.objects.create(name="Demo PSTN", host=host, port=int(port), description="Answers 9…, 112 and 911")


def _css(name: str, *partitions: Partition) -> CallingSearchSpace:
    css = CallingSearchSpace.objects.create(name=name)
    for position, partition in enumerate(partitions, start=1):
        CallingSearchSpaceMember.objects.create(css=css, partition=partition, position=position)
    return css


def _em_service() -> PhoneService:
    config = settings.CONFIG
    return catalogue.add_service(config["site.advertised_host"], config["phones.port"], config["secure.port"])


def _pools(routing: Routing) -> dict[str, DevicePool]:
    server = f"{settings.CONFIG['site.advertised_host']}:{settings.CONFIG['call_control.port']}"
    common = {"default_css": routing.inside, "sip_servers": [server], "region": "Demo"}
    return {
        "Lobby": DevicePool.objects.create(
            name="Lobby", location="Main building, lobby", emergency_callback="1901", **common
        ),
        "Floor 2": DevicePool.objects.create(
            name="Floor 2", location="Main building, floor 2", emergency_callback="1903", **common
        ),
    }


def _phone(
    row: tuple[str, str, str, str, str, str, bool, bool, bool],
    routing: Routing,
    pools: dict[str, DevicePool],
    actor: str,
    now: datetime,
) -> Phone:
    name, model, pool, firmware, use, number, enabled, protected, pinless = row
    phone = phones.add_phone(
        name=name, model=routing.models[model], device_pool=pools[pool], firmware=firmware, use=use,
        css=routing.inside, em_enabled=enabled, protected=protected, pinless_allowed=pinless, actor=actor, now=now,
    )  # fmt: skip
    phones.add_line(profile=phone.own_profile, number=routing.number(number), actor=actor, now=now)
    if enabled:
        phone.own_profile.services.set(routing.services)
    return phone


def _default_profile_for_the_7841(routing: Routing) -> None:
    profile = DeviceProfile.objects.create(
        name="Default_7841", kind=DeviceProfile.DEFAULT, model=routing.models["Cisco 7841"]
    )
    profile.services.set(routing.services)
    Button.objects.create(profile=profile, position=4, kind="speed_dial", label="Reception", number="1901")
