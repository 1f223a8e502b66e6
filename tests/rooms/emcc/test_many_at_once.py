"""More log-ins at one time than there are EMCC devices: everybody gets one of their own, or none (RO-30)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from roamline.rooms.clusters import service as clusters
from roamline.rooms.emcc import stays
from roamline.rooms.emcc.models import Stay
from tests.rooms.emcc.far_cluster import FarCluster, log_in, make_home
from tests.support.factories import NOW

DEVICES, AT_ONCE = 12, 20


@pytest.mark.django_db(transaction=True)
def test_no_two_sessions_get_one_device() -> None:
    make_home(DEVICES)
    east = clusters.by_origin(FarCluster().identity.origin)
    assert east is not None

    def take(_number: int) -> str | None:
        try:
            stay = stays.take(log_in(session=uuid4().hex), east, NOW)
            return stay.phone.name if stay and stay.phone else None
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        names = list(pool.map(take, range(AT_ONCE)))
    taken = [name for name in names if name]
    assert len(taken) == len(set(taken)) == DEVICES
    assert Stay.objects.filter(ended_at__isnull=True).count() == DEVICES
