"""The demo's three clusters let each other's users in: EMCC and PSTN access are active, and enabled for everybody."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import changing, devices
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import DEFAULT_TFTP, ENABLE_ALL, Parameter
from roamline.rooms.phones.models import PhoneService

DEVICES = 5


def build(actor: str, now: datetime) -> None:
    """Set EMCC up in a cluster that has just been made; the others are enabled when they become known."""
    _set(ENABLE_ALL, "True", actor, now)
    _set(DEFAULT_TFTP, str(settings.CONFIG["site.advertised_host"]).strip("[]"), actor, now)
    author = Author(actor, actor)
    changing.change_profile(
        emcc_active=True, pstn_access_active=True, pstn_trunk=Trunk.objects.get(), author=author, now=now
    )
    pool = devices.usual_pool()
    if pool is not None:
        devices.insert(DEVICES, pool, author, now)
    for service in PhoneService.objects.filter(name="Extension Mobility"):
        service.url, service.secure_url = (f"{url}&EMCC=#EMCC#" for url in (service.url, service.secure_url))
        service.save(update_fields=["url", "secure_url"])


def _set(parameter: Parameter, value: str, actor: str, now: datetime) -> None:
    parameters.change(
        service=parameter.service, name=parameter.name, value=value, actor=actor, way=actor, source="", now=now
    )
