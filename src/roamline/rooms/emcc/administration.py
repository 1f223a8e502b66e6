"""What REST and the command line need to set EMCC up: things by their names, and how it stands (RO-31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.wording import translated
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import devices, remote, settings
from roamline.rooms.emcc.changing import CannotActivate
from roamline.rooms.emcc.devices import CannotInsert
from roamline.rooms.emcc.rules import Finding
from roamline.rooms.phones.models import DevicePool

__all__ = [
    "CannotActivate",
    "CannotInsert",
    "NoSuch",
    "as_fields",
    "cluster_named",
    "overview",
    "pool_named",
    "trunk_named",
]


class NoSuch(LookupError):
    """Something of that name is not there."""


def cluster_named(name: str, now: datetime) -> str:
    """The origin of another cluster of the network, which is noticed first; NoSuch for any other name."""
    remote.notice(now)
    found = next((each for each in settings.others() if each.name == name), None)
    if found is None:
        raise NoSuch(Wording(_("there is no other cluster %(name)s"), name=name))
    return found.origin


def pool_named(name: str) -> DevicePool:
    """A device pool; the usual one for no name. NoSuch when it is not there."""
    found = DevicePool.objects.filter(name=name).first() if name else devices.usual_pool()
    if found is None:
        raise NoSuch(Wording(_("there is no device pool %(name)r"), name=name))
    return found


def trunk_named(name: str) -> Trunk:
    """A trunk; NoSuch when it is not there."""
    found = Trunk.objects.filter(name=name).first()
    if found is None:
        raise NoSuch(Wording(_("there is no trunk %(name)r"), name=name))
    return found


def overview() -> dict[str, Any]:
    """How EMCC is set up, for JSON: services, devices and who uses them, remote clusters."""
    profile, held, used = settings.profile(), devices.capacity(), devices.uses()
    return {
        "emcc": profile.emcc_active,
        "pstn_access": profile.pstn_access_active,
        "pstn_trunk": profile.pstn_trunk.name if profile.pstn_trunk else "",
        "tftp_servers": list(settings.tftp_servers()),
        "devices": {"count": held.devices, "free": held.devices - len(used), "phones": held.phones},
        "in_use": [
            {"device": name, "user": use.user_id, "phone": use.phone, "cluster": use.cluster,
             "since": use.since.isoformat()}
            for name, use in sorted(used.items())
        ],
        "remote_clusters": [_cluster(each) for each in settings.others()],
    }  # fmt: skip


def _cluster(each: Any) -> dict[str, Any]:
    services = settings.services_of(each.origin)
    return {
        "name": each.name, "fingerprint": each.origin, "reachable": each.state == "reachable",
        "last_seen": each.last_heard.isoformat() if each.last_heard else None,
        "emcc": services.emcc, "pstn_access": services.pstn_access,
    }  # fmt: skip


def as_fields(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """A validation report for JSON, in the active language."""
    return [{"level": str(each.level), "cluster": each.cluster, "finding": translated(each.text)} for each in findings]
