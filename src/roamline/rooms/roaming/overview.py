"""Every super user that this cluster knows: whose they are, and where they are logged in now."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory.models import Account
from roamline.rooms.roaming import composing
from roamline.rooms.roaming.models import Replica, ReplicaNumber


@dataclass(frozen=True, slots=True)
class SuperUserState:
    """One super user. ``place`` is the cluster where they are logged in, empty for none."""

    user_id: str
    home: str
    is_ours: bool
    place: str
    device: str
    numbers: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    failure: str = ""


def super_users() -> list[SuperUserState]:
    """All of them, by user id."""
    this = clusters.own() if clusters.is_joined() else None
    own = this.name if this else ""
    found = [_state(account.user_id, own, account) for account in composing.own_super_users()]
    for replica in Replica.objects.select_related("account"):
        found.append(_state(replica.user_id, replica.cluster, replica.account, replica))
    return sorted(found, key=lambda state: state.user_id)


def _state(user_id: str, home: str, account: Account | None, replica: Replica | None = None) -> SuperUserState:
    where = clusters.where_is(user_id) if clusters.is_joined() else None
    is_in = where is not None and not where.ended
    numbers = account.primary_extension.pattern if account and account.primary_extension else ""
    return SuperUserState(
        user_id=user_id,
        home=home,
        is_ours=replica is None,
        place=where.place.name if where and is_in else "",
        device=where.device if where and is_in else "",
        numbers=(numbers,) if numbers else (),
        lacks=tuple(replica.lacks) if replica else (),
        failure=replica.failure if replica else "",
    )


def origin_of_account(account: Account) -> str:
    """The name of the cluster that an account is from; empty for this one's own."""
    return Replica.objects.filter(account=account.pk).values_list("cluster", flat=True).first() or ""


def origin_of_profile(profile_id: int) -> str:
    """The name of the cluster that a device profile is from; empty for this one's own."""
    return Replica.objects.filter(profiles__profile=profile_id).values_list("cluster", flat=True).first() or ""


def origin_of_number(number_id: int) -> str:
    """The name of the cluster that a directory number is from; empty for this one's own."""
    origin = ReplicaNumber.objects.filter(number=number_id).values_list("origin", flat=True).first()
    return (Replica.objects.filter(origin=origin).values_list("cluster", flat=True).first() or "") if origin else ""
