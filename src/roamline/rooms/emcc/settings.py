"""How EMCC is set up here: plain answers for whoever lets users in (RO-30, RO-31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Cluster
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices
from roamline.rooms.parameters import rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.emcc_devices import IS_EMCC_DEVICE
from roamline.rooms.phones.models import Phone


@dataclass(frozen=True, slots=True)
class Services:
    """What is enabled for another cluster."""

    emcc: bool = False
    pstn_access: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What is active in this cluster; without a trunk PSTN access has no way out."""

    emcc_active: bool = False
    pstn_access_active: bool = False
    pstn_trunk: Trunk | None = None


def services_of(cluster: str) -> Services:
    """What is enabled for another cluster, named by origin or Cluster ID; nothing for one that is not in the network.

    Whether this cluster's own profile has the service active is another question: :func:`profile`.
    """
    found = next((each for each in others() if cluster in (each.origin, each.name)), None)
    return _services().get(found.origin, _of_a_new_one()) if found is not None else Services()


def enabled_clusters() -> list[Cluster]:
    """The other clusters of the network that EMCC is enabled for, reachable or not, by name."""
    enabled, of_a_new_one = _services(), _of_a_new_one()
    return [each for each in others() if enabled.get(each.origin, of_a_new_one).emcc]


def others() -> list[Cluster]:
    """The other clusters of the network, by name."""
    return [each for each in clusters.clusters() if not each.is_own]


def profile() -> Profile:
    """The intercluster service profile."""
    row = InterclusterServiceProfile.objects.select_related("pstn_trunk").first()
    return Profile(row.emcc_active, row.pstn_access_active, row.pstn_trunk) if row is not None else Profile()


def tftp_servers() -> tuple[str, ...]:
    """The default and the backup TFTP server for EMCC phones, as far as they are set; none: error 39."""
    values = parameters.now_in_force()
    found = (values.text(each).strip() for each in (rules.DEFAULT_TFTP, rules.BACKUP_TFTP))
    return tuple(each for each in found if each)


def maintenance_interval() -> timedelta:
    """How often expired EMCC devices are looked for."""
    return timedelta(minutes=parameters.now_in_force().number(rules.EXPIRED_MAINTENANCE))


def emcc_devices() -> QuerySet[Phone]:
    """The EMCC devices of this cluster, by name."""
    return Phone.objects.filter(IS_EMCC_DEVICE)


def _services() -> dict[str, Services]:
    rows = RemoteClusterServices.objects.values_list("origin", "emcc_enabled", "pstn_access_enabled")
    return {origin: Services(emcc, pstn) for origin, emcc, pstn in rows}


def _of_a_new_one() -> Services:
    """A cluster that has come so lately that it has no row yet has what it is about to be given."""
    enables = parameters.now_in_force().is_true(rules.ENABLE_ALL)
    return Services(enables, enables)
