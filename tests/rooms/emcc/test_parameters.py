"""What EMCC's parameters do on the visited phone and in the engine; those of call control are shown there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from roamline.rooms.emcc import keeping
from roamline.rooms.parameters import rules
from tests.rooms.emcc.far_cluster import FarCluster, granted, make_home
from tests.support import factories
from tests.support.factories import NOW, PIN

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_phones")]
DEVICE = "SEP0011AA220006"


def log_in(**headers: str) -> str:
    """A user of EAST logs in here."""
    parameters = {"device": DEVICE, "EMCC": "true", "userid": "fay", "seq": PIN}
    return Client().get("/emapp/EMAppServlet", parameters, headers=headers).content.decode()


@pytest.mark.shows("EMCC Allow Proxy", "False", "True")
def test_a_proxy_is_refused_across_clusters_unless_it_is_allowed_there() -> None:
    make_home(devices=0)
    east = FarCluster()
    east.says("user", {"fay": {}}, NOW)
    east.answers = lambda question: granted()
    software = factories.model("Software phone", keys=12, max_lines=6, is_software=True)
    factories.phone(DEVICE, model=software, own_number="1906")
    factories.set_parameter(rules.VALIDATE_IP, "True")
    factories.set_parameter(rules.TRUSTED_IPS, "127.0.0.1")
    factories.set_parameter(rules.ALLOW_PROXY, "True")
    assert "(30)" in log_in(via="1.1 proxy")
    assert east.asked == []
    factories.set_parameter(rules.EMCC_ALLOW_PROXY, "True")
    assert "(30)" not in log_in(via="1.1 proxy")
    assert east.asked != []


@pytest.mark.shows("Default Interval for Expired EMCC Device Maintenance", "1440", "10")
def test_expired_devices_are_looked_for_every_interval() -> None:
    assert keeping.is_due(None, NOW)
    assert not keeping.is_due(NOW, NOW + timedelta(minutes=1439))
    assert keeping.is_due(NOW, NOW + timedelta(minutes=1440))
    factories.set_parameter(rules.EXPIRED_MAINTENANCE, "10")
    assert keeping.is_due(NOW, NOW + timedelta(minutes=10))
