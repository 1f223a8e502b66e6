"""Emergency calls of EMCC phones, over one Kamailio that is both clusters: what it hands over comes back to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roamline.doors.call_control import views
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices, Stay, Visit
from roamline.rooms.parameters.rules import DEVICE_CSS, PSTN_CSS
from roamline.rooms.phones.models import Phone
from roamline.rooms.roaming import keys
from roamline.rooms.roaming.models import RoamingSettings
from tests.support import factories
from tests.support.factories import NOW

pytestmark = [pytest.mark.needs("kamailio")]
VISITED = "SEP0011AA230006"


@pytest.fixture
def stays(site) -> Iterator[int]:
    """EMCC1, on which a user with the number 1002 is, stands for a phone on floor 2 of the same site."""
    used = keys.call_ha1(b"k" * 32)
    RoamingSettings.objects.create(call_ha1=used, accepted_ha1s=used)
    port = int(site.config["call_control.port"])
    Cluster.objects.create(origin="own", name="HQ", is_own=True, is_member=True)
    Cluster.objects.create(origin="east", name="EAST", host="127.0.0.1", sip_port=port, is_member=True)
    site.phone(VISITED, "2906", pool=site.floor)
    device = site.phone("EMCC1", "1906")
    Phone.objects.filter(pk=device.pk).update(current_profile=site.profile("EM_bob", "1002"))
    Stay.objects.create(session="a" * 32, origin="east", cluster="EAST", phone=device, user_id="bob", granted=True,
                        visited_phone=VISITED, location="as EAST said", callback="2901", began_at=NOW)  # fmt: skip
    yield port
    Cluster.objects.all().delete()
    RoamingSettings.objects.all().delete()
    Stay.objects.all().delete()
    Visit.objects.all().delete()


def visit(origin):
    """The visited side of it: bob of that cluster is on the phone. It is called EAST here, home and visited in one."""
    phone = Phone.objects.get(name=VISITED)
    Phone.objects.filter(pk=phone.pk).update(visitor="bob", visitor_home="HQ")
    Visit.objects.create(session="b" * 32, phone=phone, origin=origin, cluster="HQ", user_id="bob", asked_at=NOW,
                         began_at=NOW)  # fmt: skip


def emergency(site, *secret, number="112", **parts):
    """Call from the EMCC phone; what the network was told."""
    before = len(site.left_the_site())
    call = site.sip("EMCC1", *secret).call(number, "1002", **parts)
    assert call.status == 200
    assert call.hang_up().status == 200
    (left,) = site.left_the_site()[before:]
    assert left["number"] == number
    assert ":1002@" not in " ".join(left[name] for name in ("from", "contact", "p_asserted_identity"))
    return left


@pytest.mark.proves("RO-32")
def test_the_call_leaves_through_the_visited_cluster_with_the_phones_place(site, stays) -> None:
    for number in ("112", "911"):
        left = emergency(site, number=number)
        assert left["location"] == "Floor 2, Main Street 1"
        assert left["p_asserted_identity"] == "<sip:5550002@127.0.0.1>"
        assert left["emergency"] == f"verified; device={VISITED.lower()}"


def test_a_phone_that_has_not_proved_itself_passes_too(site, stays) -> None:
    left = emergency(site, "wrong")
    assert left["emergency"] == f"unverified; device={VISITED.lower()}"
    assert left["location"] == "Floor 2, Main Street 1"


def test_when_the_visited_cluster_cannot_be_reached_home_sends_it_with_the_place_it_was_told(site, stays) -> None:
    Cluster.objects.filter(origin="east").update(sip_port=1)
    left = emergency(site)
    assert left["location"] == "as EAST said"
    assert left["p_asserted_identity"] == "<sip:2901@127.0.0.1>"
    assert left["emergency"] == f"unverified; device={VISITED.lower()}"


def test_with_pstn_access_calls_outside_leave_through_the_visited_cluster(site, stays) -> None:
    trunk = site.trunk()
    site.route("8!", "Internal", trunk)
    phone = site.sip("EMCC1")
    before = len(site.left_the_site())
    assert phone.call("8555", "1002").hang_up().status == 200
    InterclusterServiceProfile.objects.create(pstn_access_active=True, pstn_trunk=trunk)
    RemoteClusterServices.objects.create(origin="east", name="EAST", pstn_access_enabled=True)
    try:
        refused = phone.call("8556", "1002")
        assert refused.status == 403, "nobody of another cluster is on the phone there"
        visit("home")
        assert phone.call("8556", "1002").status == 403, "it is not enabled there for the user's cluster"
        Visit.objects.update(origin="east")
        assert phone.call("8557", "1002").hang_up().status == 200
    finally:
        InterclusterServiceProfile.objects.all().delete()
        RemoteClusterServices.objects.all().delete()
        Phone.objects.filter(name=VISITED).update(visitor="", visitor_home="")
    left = site.left_the_site()[before:]
    assert [each["number"] for each in left] == ["8555", "8557"]
    assert ":1002@" in left[1]["p_asserted_identity"]


@pytest.mark.shows("CSS for PSTN Access SIP Trunk", "Use Trunk CSS", "Use phone's original device CSS")
def test_a_call_outside_reaches_what_the_trunk_may_or_what_the_phone_itself_may(site, stays) -> None:
    trunk = site.trunk()
    site.route("8!", "Internal", trunk)
    Trunk.objects.filter(pk=trunk.pk).update(inbound_css=site.space("Nothing outside", "Elsewhere"))
    InterclusterServiceProfile.objects.create(pstn_access_active=True, pstn_trunk=trunk)
    RemoteClusterServices.objects.create(origin="east", name="EAST", pstn_access_enabled=True)
    visit("east")
    phone = site.sip("EMCC1")
    try:
        assert phone.call("8555", "1002").status == 403
        factories.set_parameter(PSTN_CSS, DEVICE_CSS)
        assert phone.call("8556", "1002").hang_up().status == 200
    finally:
        factories.set_parameter(PSTN_CSS, PSTN_CSS.default)
        InterclusterServiceProfile.objects.all().delete()
        RemoteClusterServices.objects.all().delete()
        Phone.objects.filter(name=VISITED).update(visitor="", visitor_home="")


@pytest.mark.proves("RO-32")
def test_it_finds_its_way_with_the_database_down(site, stays) -> None:
    site.refresh_copy()
    digest = 'Proxy-Authorization: Digest username="EMCC1", realm="roamline", nonce="x", uri="sip:112", response="y"'
    views.drop()
    try:
        left = emergency(site, extra=(digest,))
    finally:
        views.create()
    assert left["emergency"] == f"unverified; device={VISITED.lower()}"
    assert left["location"] == "Floor 2, Main Street 1"


def test_when_the_session_is_over_the_call_is_this_clusters_own(site, stays) -> None:
    Stay.objects.update(ended_at=NOW)
    assert emergency(site)["emergency"] == "verified; device=emcc1"
