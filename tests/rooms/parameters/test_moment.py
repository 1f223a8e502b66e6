from __future__ import annotations

import pytest

from roamline.rooms.parameters import activation, service
from roamline.rooms.parameters.moment import once, one_moment
from tests.support.factories import parameter, set_parameter


def test_within_one_moment_each_thing_is_read_once() -> None:
    read: list[str] = []

    def look() -> int:
        read.append("looked")
        return len(read)

    with one_moment():
        assert [once("a", look), once("a", look), once("b", look)] == [1, 1, 2]
    assert once("a", look) == 3
    with one_moment():
        assert once("a", look) == 4


@pytest.mark.django_db
def test_a_request_is_answered_by_what_was_in_force_when_it_began() -> None:
    cluster_id = parameter("Cluster ID")
    with one_moment():
        assert service.now_in_force().text(cluster_id) == "StandAloneCluster"
        set_parameter(cluster_id, "HQ")
        assert service.now_in_force().text(cluster_id) == "StandAloneCluster"
        assert activation.stopped_here() == frozenset()
    assert service.now_in_force().text(cluster_id) == "HQ"
