"""What a new site begins with: the phone models known here, a device pool, the phone service Extension Mobility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.addressing import bracketed
from roamline.rooms.phones.models import DevicePool, PhoneModel, PhoneService

EM_PATH = "/emapp/EMAppServlet?device=#DEVICENAME#"
POOL = "Default"


@dataclass(frozen=True, slots=True)
class Known:
    """A model: Cisco's product number, how many programmable keys it has, and how many of them can be lines."""

    name: str
    product_number: int | None
    keys: int
    lines: int
    is_software: bool = False


MODELS = (
    Known("Cisco 7811", 36213, 1, 1),
    Known("Cisco 7821", 621, 2, 2),
    Known("Cisco 7832", 36247, 1, 1),
    Known("Cisco 7841", 622, 4, 4),
    Known("Cisco 7861", 623, 16, 16),
    Known("Cisco 8811", 36217, 10, 10),
    Known("Cisco 8832", 36258, 1, 1),
    Known("Cisco 8841", 683, 10, 10),
    Known("Cisco 8845", 36224, 10, 10),
    Known("Cisco 8851", 684, 10, 10),
    Known("Cisco 8861", 685, 10, 10),
    Known("Cisco 8865", 36225, 10, 10),
    Known("Software phone", None, 12, 6, is_software=True),
)
"""Product numbers: Cisco's documentation of XMLDefault.cnf.xml; keys: the phones' data sheets."""


EMCC_BASE_PHONE = Known("EMCC Base Phone", None, 10, 10)
"""What EMCC devices are: no phone that anybody has, so it stands for any model, with as many keys as most have."""


def emcc_base_phone() -> PhoneModel:
    """The model of EMCC devices; it is made when it is asked for first."""
    known = EMCC_BASE_PHONE
    model, _is_new = PhoneModel.objects.get_or_create(
        name=known.name,
        defaults={"is_emcc_base": True, "keys": known.keys, "max_lines": known.lines, "registers_once": True},
    )
    return model


def add_models() -> dict[str, PhoneModel]:
    """Create every model of :data:`MODELS`; by name."""
    return {
        known.name: PhoneModel.objects.create(
            name=known.name,
            product_number=known.product_number,
            is_software=known.is_software,
            keys=known.keys,
            max_lines=known.lines,
            registers_once=not known.is_software,
            capabilities=["headset"] if known.is_software else [],
        )
        for known in MODELS
    }


def add_service(host: str, port: int, secure_port: int) -> PhoneService:
    """Create the phone service Extension Mobility (EM-2) with the addresses at which this site answers it."""
    return PhoneService.objects.create(
        name="Extension Mobility",
        url=f"http://{bracketed(host)}:{port}{EM_PATH}",
        secure_url=f"https://{bracketed(host)}:{secure_port}{EM_PATH}",
    )


@transaction.atomic
def begin(*, host: str, port: int, secure_port: int, sip_server: str, now: datetime) -> bool:
    """Create all of it on a site that has no phone model yet; whether that was so. ``sip_server`` is host:port."""
    if PhoneModel.objects.exists():
        return False
    add_models()
    DevicePool.objects.create(name=POOL, sip_servers=[sip_server])
    add_service(host, port, secure_port)
    ledger.record(at=now, action="site.begun", actor="roamline", details={"models": len(MODELS), "device_pool": POOL})
    return True
