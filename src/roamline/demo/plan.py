"""The demo's dial plan, device pools, phone models, phone services and phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from roamline.demo.clusters import DemoCluster, PhoneRow
from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    DirectoryNumber,
    Partition,
    RoutePattern,
    TranslationPattern,
    Trunk,
)
from roamline.rooms.phones import addressing, catalogue
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


def build(cluster: DemoCluster, actor: str, now: datetime) -> Routing:
    """Create everything that is not a person."""
    partitions = {name: Partition.objects.create(name=name) for name in ("Internal", "External", "Intercom")}
    dialplan.save_route_pattern(RoutePattern(pattern="9!", partition=partitions["External"], trunk=_trunk()))
    _translations(partitions["Internal"])
    routing = Routing(
        internal=partitions["Internal"],
        intercom=partitions["Intercom"],
        inside=_css("Internal only", partitions["Internal"], partitions["Intercom"]),
        everywhere=_css("Internal and external", *partitions.values()),
        models=catalogue.add_models(),
        services=(_em_service(),),
    )
    pools = _pools(cluster, routing)
    for row in cluster.phones:
        _phone(row, routing, pools, actor, now)
    _default_profile_for_the_7841(routing, cluster.phones[0].number)
    return routing


def _trunk() -> Trunk:
    host, _, port = str(settings.CONFIG["call_control.emergency_gateway"]).rpartition(":")
    return Trunk.objects.create(name="Demo PSTN", host=host, port=int(port), description="Answers 9…, 112 and 911")


def _translations(internal: Partition) -> None:
    """0 is the reception; emergency numbers are reached with the outside line's 9 in front, too."""
    reception = TranslationPattern(pattern="0.", partition=internal, discard_before_dot=True, prefix="1901")
    reception.description = "Reception"
    dialplan.save_translation_pattern(reception)
    for number in ("112", "911"):
        with_nine = TranslationPattern(pattern=f"9.{number}", partition=internal, discard_before_dot=True)
        with_nine.description = "Emergency, dialled like an outside call"
        dialplan.save_translation_pattern(with_nine)


def _css(name: str, *partitions: Partition) -> CallingSearchSpace:
    css = CallingSearchSpace.objects.create(name=name)
    for position, partition in enumerate(partitions, start=1):
        CallingSearchSpaceMember.objects.create(css=css, partition=partition, position=position)
    return css


def _em_service() -> PhoneService:
    config = settings.CONFIG
    return catalogue.add_service(config["site.advertised_host"], config["phones.port"], config["secure.port"])


def _pools(cluster: DemoCluster, routing: Routing) -> dict[str, DevicePool]:
    host = addressing.bracketed(settings.CONFIG["site.advertised_host"])
    server = f"{host}:{settings.CONFIG['call_control.port']}"
    common = {"default_css": routing.inside, "sip_servers": [server], "region": "Demo"}
    return {
        row.name: DevicePool.objects.create(
            name=row.name, location=row.location, emergency_callback=row.emergency_callback, **common
        )
        for row in cluster.pools
    }


def _phone(row: PhoneRow, routing: Routing, pools: dict[str, DevicePool], actor: str, now: datetime) -> Phone:
    phone = phones.add_phone(
        name=row.name, model=routing.models[row.model], device_pool=pools[row.pool], firmware=row.firmware, use=row.use,
        css=routing.inside, em_enabled=row.em_enabled, protected=row.protected, pinless_allowed=row.pinless_allowed,
        actor=actor, now=now,
    )  # fmt: skip
    phones.add_line(profile=phone.own_profile, number=routing.number(row.number), actor=actor, now=now)
    if row.em_enabled:
        phone.own_profile.services.set(routing.services)
    return phone


def _default_profile_for_the_7841(routing: Routing, reception: str) -> None:
    profile = DeviceProfile.objects.create(
        name="Default_7841", kind=DeviceProfile.DEFAULT, model=routing.models["Cisco 7841"]
    )
    profile.services.set(routing.services)
    Button.objects.create(profile=profile, position=4, kind="speed_dial", label="Reception", number=reception)
