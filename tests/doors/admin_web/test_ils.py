"""The ILS page and its REST twin (RO-6)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from roamline.demo import site
from roamline.doors.ils import keeping
from roamline.kernel.hybrid_clock import stamp_at
from roamline.kernel.wording import Wording
from roamline.platform.wording import in_parts, stored
from roamline.rooms.clusters import service
from roamline.rooms.clusters.models import Cluster, Network
from roamline.rooms.clusters.service import duplicates, overview
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters.rules import CLUSTER_ID
from tests.rooms.clusters.others import Other, join_network
from tests.support import factories
from tests.support.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web")]
SECRET = "a-secret-for-tests-only"
PAGE = "/admin/ils/"
SECOND = timedelta(seconds=1)


@pytest.fixture
def admin(client: Client) -> Client:
    """The demo site's administrator, signed in."""
    site.load(SECRET)
    client.force_login(Account.objects.get(user_id="admin"))
    return client


@pytest.mark.proves("RO-6")
def test_the_page_shows_every_cluster_and_has_the_buttons(admin: Client) -> None:
    join_network(NOW)
    Other("EAST", 1).says("number", {"2001": {}, "2002": {}}, NOW)
    shown = admin.get(PAGE).content.decode()
    for text in ("HQ", "EAST", "Synchronise now", "Leave network", "2 of at most 100000"):
        assert text in shown
    admin.post(PAGE, {"deed": "synchronise"})
    assert service.network().sync_asked_at is not None
    admin.post(PAGE, {"deed": "leave"})
    assert service.network().leaving


@pytest.mark.proves("EM-1")
def test_the_page_says_which_node_speaks_and_is_red_when_none_does(admin: Client) -> None:
    join_network(NOW)
    silent = html.fromstring(admin.get(PAGE).content.decode())
    assert "no node of this cluster speaks ILS" in [each.text for each in silent.cssselect("li.rl-error")]
    assert keeping.wanted(timezone.now()) is not None
    speaking = " ".join(html.fromstring(admin.get(PAGE).content.decode()).text_content().split())
    assert "Speaks from node: node1" in speaking
    assert "no node of this cluster speaks ILS" not in speaking


def test_a_network_is_made_on_the_page(admin: Client) -> None:
    given = {"deed": "join", "role": "hub", "password": "a shared password", "interval": "10"}
    refused = admin.post(PAGE, given).content.decode()
    assert "Cluster ID of its own" in refused
    factories.set_parameter(CLUSTER_ID, "HQ")
    assert admin.post(PAGE, given).status_code == 302
    assert service.network().role == Network.HUB


def test_a_log_out_that_waits_for_a_cluster_that_is_cut_off_is_an_alarm(admin: Client) -> None:
    join_network(NOW)
    east, west = Other("EAST", 1), Other("WEST", 2)
    east.says("login", {"erin": {"ended": False, "numbers": ["1005"], "device": "SEP01"}}, NOW)
    west.says("login", {"erin": {"ended": False, "numbers": ["1005"], "device": "SEP02"}}, NOW + SECOND)

    def alarms(after: timedelta) -> list[str]:
        return [in_parts(alarm) for alarm in overview.look(NOW + after).alarms if "erin" in alarm]

    assert not alarms(5 * SECOND)  # the news is on its way
    said = "erin is to be logged out in EAST after the log-in in WEST, as soon as it is reached"
    assert alarms(60 * SECOND) == [said]
    east.says("login", {"erin": {"ended": True, "since": stamp_at(NOW)}}, NOW + 61 * SECOND)
    assert not alarms(90 * SECOND)


def test_interval_and_password_are_changed_without_leaving(admin: Client) -> None:
    join_network(NOW)
    assert "Change interval or password" in admin.get(PAGE).content.decode()
    refused = admin.post(PAGE, {"deed": "change", "interval": "7", "password": "too short"}).content.decode()
    assert "at least 12 characters" in refused
    assert "too short" not in refused
    before = service.network()
    assert before.interval_minutes != 7
    assert admin.post(PAGE, {"deed": "change", "interval": "7", "password": ""}).status_code == 302
    kept = service.network()
    assert (kept.interval_minutes, kept.sealed_password) == (7, before.sealed_password)
    admin.post(PAGE, {"deed": "change", "interval": "7", "password": "a better password"})
    assert service.membership.password().reveal() == "a better password"
    admin.post(PAGE, {"deed": "change", "interval": "7", "password": "", "use_certificates": "on"})
    assert service.network().use_certificates


@pytest.mark.parametrize("deed", ["rotate_key", "put_out"])
def test_a_new_key_and_putting_out_are_asked_about_first(admin: Client, deed: str) -> None:
    join_network(NOW)
    east = Other("EAST", 1)
    before, given = service.key_name(), {"deed": deed, "origin": east.identity.origin}
    assert f'name="deed" value="{deed}"' in admin.get(PAGE).content.decode()
    asked = admin.post(PAGE, given).content.decode()
    assert 'name="confirmed"' in asked
    assert ("EAST" in asked) is (deed == "put_out")
    assert service.key_name() == before
    assert admin.post(PAGE, given | {"confirmed": "yes"}).status_code == 302
    assert service.key_name() != before
    shown = admin.get(PAGE).content.decode()
    assert service.key_name() in shown
    assert "until these clusters have the new one: EAST, HQ" in shown
    assert AuditEntry.objects.filter(action="ils.key_rotated" if deed == "rotate_key" else "ils.put out").exists()


def test_who_may_only_look_changes_nothing(admin: Client, client: Client) -> None:
    join_network(NOW)
    client.force_login(Account.objects.get(user_id="emproxy"))
    assert client.post(PAGE, {"deed": "leave"}).status_code in (302, 403)
    assert not service.network().leaving


@pytest.mark.proves("RO-6")
def test_rest_says_the_same(admin: Client) -> None:
    join_network(NOW)
    Other("EAST", 1).says("number", {"2001": {}}, NOW)
    basic = base64.b64encode(f"admin:{SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    seen = admin.get("/api/v1/ils", headers=headers).json()
    assert [(row["name"], row["objects"].get("number", 0)) for row in seen["clusters"]] == [("EAST", 1), ("HQ", 0)]
    assert admin.post("/api/v1/ils/synchronise", headers=headers).status_code == 202
    assert admin.post("/api/v1/ils/rotate-key", headers=headers).status_code == 202
    assert admin.get("/api/v1/ils", headers=headers).json()["key"] == service.key_name() != seen["key"]
    assert admin.get("/api/v1/ils").status_code == 401
    for deed, is_cut in (("cut", True), ("mend", False)):
        assert admin.post(f"/api/v1/ils/links/EAST/{deed}", headers=headers).status_code == 204
        assert bool(service.cut_links()) == is_cut
    assert admin.post("/api/v1/ils/links/SOUTH/cut", headers=headers).json() == {
        "detail": "there is no other cluster SOUTH"
    }


@pytest.mark.proves("RO-6")
def test_metrics_tell_links_and_lag(admin: Client) -> None:
    join_network(NOW)
    Other("EAST", 1)
    shown = admin.get("/metrics").content.decode()
    assert 'roamline_ils_linked{cluster="EAST"} 0.0' in shown
    assert "roamline_ils_learned_objects 0.0" in shown


@pytest.mark.proves("RO-20")
def test_a_cluster_that_reaches_no_other_says_that_they_do_not_know_who_logs_in(admin: Client) -> None:
    join_network(NOW)
    Other("EAST", 1)
    Cluster.objects.filter(name="EAST").update(is_linked=True, linked_at=NOW, route_string="east.example")
    said = "no other cluster is linked: none of them learns who logs in here until one is"
    keeping.wanted(datetime.now(UTC))
    shown = admin.get(PAGE).content.decode()
    assert said not in shown
    assert "east.example" in shown
    assert service.is_running()
    keeping.wanted(datetime.now(UTC) - timedelta(minutes=1))  # its node was killed a while ago
    assert said in admin.get(PAGE).content.decode()
    assert not service.is_running()


@pytest.mark.proves("RO-25")
def test_the_page_lists_what_would_be_there_twice_and_joins_only_when_told_to(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.set_parameter(CLUSTER_ID, "HQ")
    known = [("number", "1005", "EAST (frank)"), ("user", "somebody", "EAST")]
    monkeypatch.setattr(duplicates, "_looks", [lambda _server, _password: known])
    given = {"deed": "join", "role": "spoke", "server": "hub.example:7501",
             "password": "a shared password", "interval": "10"}  # fmt: skip
    shown = admin.post(PAGE, given).content.decode()
    assert "EAST (frank), HQ (erin)" in shown
    assert "Join even so" in shown
    assert service.network().role == Network.STANDALONE
    assert admin.post(PAGE, given | {"accept": "on"}).status_code == 302
    assert service.network().role == Network.SPOKE


@pytest.mark.parametrize("page", [PAGE, "/admin/super-users/"])
def test_a_link_is_cut_and_mended_on_both_pages(admin: Client, page: str) -> None:
    join_network(NOW)
    Other("EAST", 1)
    Cluster.objects.filter(name="EAST").update(is_linked=True, linked_at=NOW)
    assert "Cut the link with EAST" in admin.get(page).content.decode()
    admin.post(page, {"deed": "cut", "cluster": "EAST"})
    assert service.cut_links()
    assert "Mend the link with EAST" in admin.get(page).content.decode()
    shown = admin.post(page, {"deed": "cut", "cluster": "SOUTH"}, follow=True).content.decode()
    assert "there is no other cluster SOUTH" in shown
    admin.post(page, {"deed": "mend", "cluster": "EAST"})
    assert not service.cut_links()


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "它的时钟快了 90 秒"), ("ko", "시계가 90초 빠릅니다")])
def test_what_is_wrong_with_a_cluster_is_said_in_the_readers_language(language: str, said: str) -> None:
    join_network(NOW)
    Other("EAST", 1)
    text = Wording("its clock is %(seconds)s s ahead", seconds=90)
    Cluster.objects.filter(name="EAST").update(alarm=stored([text]))
    alarm = next(each for each in overview.look(NOW).alarms if "EAST" in each)
    assert alarm == "EAST: its clock is 90 s ahead"
    with override(language):
        assert said in in_parts(alarm)
