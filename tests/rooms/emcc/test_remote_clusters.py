"""Which services are enabled for which cluster, how that comes, and what each cluster is told (RO-31)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.emcc import changing, remote, settings
from roamline.rooms.emcc.models import RemoteClusterServices
from roamline.rooms.emcc.rules import is_turn
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import rules
from tests.rooms.clusters.others import Other, join_network
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
AUTHOR = Author("tests", "tests")
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def west() -> Other:
    """Another cluster of the network."""
    join_network(NOW)
    return Other("WEST", 7)


def activate(**given: object) -> None:
    values = {"emcc_active": True, "pstn_access_active": False, "pstn_trunk": None} | given
    changing.change_profile(**values, author=AUTHOR, now=NOW)  # type: ignore[arg-type]


@pytest.mark.proves("RO-31")
@pytest.mark.shows("Enable All Remote Cluster Services When Adding A New Remote Cluster", "True", "False")
@pytest.mark.parametrize("enables", ["False", "True"])
def test_a_new_cluster_has_the_services_that_the_parameter_says_and_an_older_one_keeps_its_own(
    west: Other, enables: str
) -> None:
    factories.set_parameter(rules.ENABLE_ALL, enables)
    expected = settings.Services(enables == "True", enables == "True")
    assert settings.services_of("WEST") == expected
    [added] = remote.notice(NOW)
    assert added.name == "WEST"
    assert AuditEntry.objects.filter(action="remote_cluster.added", subject="WEST").count() == 1
    factories.set_parameter(rules.ENABLE_ALL, "False" if enables == "True" else "True")
    assert remote.notice(NOW) == []
    assert settings.services_of(west.identity.origin) == expected
    assert settings.services_of("NOWHERE") == settings.Services()


@pytest.mark.proves("RO-31")
def test_each_service_is_enabled_for_each_cluster_by_itself_and_the_audit_has_before_and_after(west: Other) -> None:
    Other("EAST", 8)
    remote.notice(NOW)
    origin = west.identity.origin
    assert changing.change_services(origin, emcc=True, author=AUTHOR, now=NOW)
    assert not changing.change_services(origin, emcc=True, author=AUTHOR, now=NOW)
    assert settings.services_of("WEST") == settings.Services(emcc=True)
    assert settings.services_of("EAST") == settings.Services()
    assert [each.name for each in settings.enabled_clusters()] == ["WEST"]
    [entry] = AuditEntry.objects.filter(action="remote_cluster.changed")
    assert entry.details["changes"] == {"emcc_enabled": {"before": False, "after": True}}


def test_a_cluster_that_left_keeps_its_services_for_when_it_comes_back(west: Other) -> None:
    remote.notice(NOW)
    changing.change_services(west.identity.origin, emcc=True, author=AUTHOR, now=NOW)
    Cluster.objects.filter(name="WEST").update(is_member=False)
    assert settings.enabled_clusters() == []
    assert settings.services_of("WEST") == settings.Services()
    Cluster.objects.filter(name="WEST").update(is_member=True)
    assert settings.services_of("WEST") == settings.Services(emcc=True)


def test_other_clusters_are_told_what_is_active_and_for_whom_as_soon_as_it_changes(west: Other) -> None:
    remote.notice(NOW)
    activate()
    changing.change_services(west.identity.origin, emcc=True, author=AUTHOR, now=NOW)
    [said] = clusters.records_of_kind("emcc")
    assert said.payload == {
        "active": True, "enabled": [west.identity.origin],
        "same": {
            "EMCC Region Max Audio Bit Rate": "8 kbps (G.729)",
            "EMCC Region Max Video Call Bit Rate (Includes Audio)": "384",
            "EMCC Region Link Loss Type": "Low Loss",
        },
    }  # fmt: skip


def test_a_new_cluster_is_told_at_once_that_it_is_enabled(west: Other) -> None:
    factories.set_parameter(rules.ENABLE_ALL, "True")
    activate()
    east = Other("EAST", 8)
    remote.notice(NOW)
    [said] = clusters.records_of_kind("emcc")
    assert set((said.payload or {})["enabled"]) == {west.identity.origin, east.identity.origin}


@pytest.mark.django_db(transaction=True)
def test_a_region_parameter_that_is_changed_is_told_too(west: Other) -> None:
    activate()
    factories.set_parameter(rules.LINK_LOSS, "Lossy")
    [said] = clusters.records_of_kind("emcc")
    assert (said.payload or {})["same"]["EMCC Region Link Loss Type"] == "Lossy"


@pytest.mark.shows("Remote Cluster Update Interval", "30", "60")
def test_the_clusters_are_updated_at_once_and_then_every_interval(west: Other) -> None:
    Cluster.objects.filter(name="WEST").update(is_linked=True)
    assert not remote.update_when_due(NOW)  # nothing is set up yet
    activate()
    assert remote.update_when_due(NOW)
    assert RemoteClusterServices.objects.get(name="WEST").updated_at == NOW
    assert not remote.update_when_due(NOW + timedelta(minutes=29))
    factories.set_parameter(rules.UPDATE_INTERVAL, "60")
    assert not remote.update_when_due(NOW + timedelta(minutes=59))
    Cluster.objects.filter(name="WEST").update(is_linked=False)
    later = NOW + timedelta(minutes=60)
    assert remote.update_when_due(later)
    assert RemoteClusterServices.objects.get(name="WEST").updated_at == NOW  # not heard since
    assert not remote.update_when_due(later)


def test_a_cluster_that_comes_in_between_is_updated_without_waiting_for_the_interval(west: Other) -> None:
    activate()
    remote.update_when_due(NOW)
    remote.notice(NOW)
    assert not remote.update_when_due(NOW)
    Cluster.objects.filter(name="WEST").update(is_linked=True)
    assert remote.update_when_due(NOW)
    assert RemoteClusterServices.objects.get(name="WEST").updated_at == NOW
    assert not remote.update_when_due(NOW)


def test_one_of_several_nodes_does_a_due_update(west: Other) -> None:
    activate()
    assert [remote.update_when_due(NOW, node) for node in ("one", "two")] == [True, False]


def test_the_default_server_updates_and_the_backup_when_the_default_did_not(west: Other) -> None:
    factories.set_parameter(rules.DEFAULT_UPDATER, "first")
    factories.set_parameter(rules.BACKUP_UPDATER, "second")
    activate()
    assert not remote.update_when_due(NOW, "third")
    assert remote.update_when_due(NOW, "First")
    due = NOW + HALF_AN_HOUR
    assert not remote.update_when_due(due, "second")
    assert not remote.update_when_due(due + HALF_AN_HOUR, "third")
    assert remote.update_when_due(due + HALF_AN_HOUR / 2, "second")


def test_without_servers_any_node_updates_and_a_backup_alone_does_not_wait() -> None:
    at_once, early = timedelta(0), timedelta(seconds=-1)
    assert is_turn("any", "", "", at_once, HALF_AN_HOUR)
    assert not is_turn("any", "", "", early, HALF_AN_HOUR)
    assert is_turn("b", "", "b", at_once, HALF_AN_HOUR)
    assert not is_turn("any", "", "b", HALF_AN_HOUR * 9, HALF_AN_HOUR)
