"""Cutting the link with another cluster, and mending it."""

from __future__ import annotations

import pytest

from roamline.rooms.clusters import service
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.clusters.service import overview
from roamline.rooms.ledger.models import AuditEntry
from tests.rooms.clusters.others import AUTHOR, Other, join_network
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db


def states() -> dict[str, str]:
    return {row.name: row.state for row in overview.look(NOW).rows}


def test_it_is_shown_as_cut_until_it_is_mended_and_asking_twice_changes_nothing() -> None:
    join_network(NOW)
    east = Other("EAST", 1)
    for _once_more in range(2):
        service.cut("EAST", AUTHOR, NOW)
    assert service.cut_links() == {east.identity.origin}
    assert states()["EAST"] == "cut"
    for _once_more in range(2):
        service.mend("EAST", AUTHOR, NOW)
    assert not service.cut_links()
    assert states()["EAST"] == "no link"
    said = AuditEntry.objects.filter(action__startswith="ils.link").order_by("pk").values_list("action", "subject")
    assert list(said) == [("ils.link_cut", "EAST"), ("ils.link_mended", "EAST")]


@pytest.mark.parametrize("name", ["NOWHERE", "HQ", "WEST"])
def test_what_is_no_link_of_this_cluster_cannot_be_cut(name: str) -> None:
    join_network(NOW)
    west = Other("WEST", 2)  # another hub's spoke
    Cluster.objects.filter(origin=west.identity.origin).update(role="spoke")
    with pytest.raises(service.CannotCut, match=name):
        service.cut(name, AUTHOR, NOW)
    assert not service.cut_links()
