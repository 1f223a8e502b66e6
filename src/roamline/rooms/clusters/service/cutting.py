"""Cutting the link between this cluster and another one, and mending it.

A cut link stays cut, also when the engine starts anew, until it is mended here: this cluster neither calls the other
nor lets it in. What is missed meanwhile is sent when the link is back. Calls do not pass over links.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters.models import Cluster, Network
from roamline.rooms.clusters.service.membership import network
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author


class CannotCut(ValueError):
    """There is no such link; the text says why."""


def cut(name: str, author: Author, now: datetime) -> None:
    """Cut the link with the cluster of that name; one that is cut stays so. CannotCut: there is none."""
    _set(name, author, now, is_cut=True)


def mend(name: str, author: Author, now: datetime) -> None:
    """Let the link with the cluster of that name come back; one that is not cut stays so. CannotCut: there is none."""
    _set(name, author, now, is_cut=False)


def cut_links() -> frozenset[str]:
    """The origins of the clusters with which the link is cut here."""
    return frozenset(Cluster.objects.filter(is_cut=True).values_list("origin", flat=True))


@transaction.atomic
def _set(name: str, author: Author, now: datetime, *, is_cut: bool) -> None:
    row = Cluster.objects.filter(name=name, is_member=True, is_own=False).first()
    if row is None:
        raise CannotCut(Wording(_("there is no other cluster %(name)s"), name=name))
    if is_cut and not has_link(row):
        raise CannotCut(Wording(_("there is no link with %(name)s here: it is reached through its hub"), name=name))
    if Cluster.objects.filter(pk=row.pk, is_cut=not is_cut).update(is_cut=is_cut):
        action = "ils.link_cut" if is_cut else "ils.link_mended"
        ledger.record(
            at=now, action=action, actor=author.name, way=author.way, source=author.source, subject=name, details={}
        )
        ledger.wake_after_commit()


def has_link(row: Cluster) -> bool:
    """Whether this cluster has a link of its own with another, down or not: two hubs, or a hub and its spoke."""
    are_hubs = row.role == Network.HUB and network().role == Network.HUB
    return not row.is_own and (are_hubs or row.is_cut or row.linked_at is not None)
