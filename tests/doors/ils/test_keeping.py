"""Which node speaks for its cluster: the one with the lease."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from roamline.doors.ils import keeping
from roamline.rooms.parameters import service as parameters
from tests.rooms.clusters.others import join_network
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.proves("EM-1")
def test_one_node_speaks_and_another_one_when_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    join_network(NOW)

    def wants(node: str, now: datetime) -> bool:
        monkeypatch.setattr(parameters, "this_node", lambda: node)
        return keeping.wanted(now) is not None

    assert wants("one", NOW)
    assert not wants("two", NOW + timedelta(seconds=9))
    assert wants("one", NOW + timedelta(seconds=9))  # renewed
    assert not wants("two", NOW + timedelta(seconds=18))
    assert wants("two", NOW + timedelta(seconds=20))  # the first was not heard of for ten seconds
    assert not wants("one", NOW + timedelta(seconds=21))
