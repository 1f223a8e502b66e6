"""The validation report of the intercluster service profile names everything that will not work (RO-31)."""

from __future__ import annotations

import pytest

from roamline.platform.wording import translated
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import changing, devices, remote, validation
from roamline.rooms.emcc.changing import CannotActivate
from roamline.rooms.emcc.rules import Level, mark_of
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters import rules
from roamline.rooms.phones.models import PhoneService
from tests.rooms.clusters.others import Other, join_network
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
AUTHOR = Author("tests", "tests")
SAME = {"EMCC Region Link Loss Type": "Low Loss", "EMCC Region Max Audio Bit Rate": "8 kbps (G.729)"}


def report() -> dict[Level, list[str]]:
    found: dict[Level, list[str]] = {level: [] for level in Level}
    for each in validation.report():
        found[each.level].append(f"{each.cluster}: " * bool(each.cluster) + translated(each.text))
    return found


@pytest.fixture
def west() -> Other:
    """Everything is set up, here and in WEST."""
    join_network(NOW)
    other = Other("WEST", 7)
    Cluster.objects.filter(name="WEST").update(is_linked=True)
    remote.notice(NOW)
    trunk = Trunk.objects.create(name="PSTN", host="pstn.example")
    changing.change_profile(emcc_active=True, pstn_access_active=True, pstn_trunk=trunk, author=AUTHOR, now=NOW)
    changing.change_services(other.identity.origin, emcc=True, author=AUTHOR, now=NOW)
    factories.set_parameter(rules.DEFAULT_TFTP, "hq.example")
    devices.insert(2, factories.device_pool(), AUTHOR, NOW)
    url = "http://hq.example:8080/emapp/EMAppServlet?device=#DEVICENAME#&EMCC=#EMCC#"
    PhoneService.objects.create(name="Extension Mobility", url=url)
    account = factories.user("bob")
    type(account).objects.filter(pk=account.pk).update(emcc_enabled=True)
    other.says("emcc", {"": {"active": True, "enabled": [clusters.own_origin()], "same": SAME}}, NOW)
    return other


@pytest.mark.proves("RO-31")
def test_where_everything_is_set_up_the_report_has_no_objection(west: Other) -> None:
    found = report()
    assert found[Level.ERROR] == found[Level.WARNING] == []
    assert "TFTP servers for EMCC phones: hq.example" in found[Level.OK]
    assert "EMCC devices: 2, of them free: 2" in found[Level.OK]
    assert "phones + 2 × EMCC devices: 0 + 2 × 2 = 4, at most 60000" in found[Level.OK]
    assert "Inter-cluster Maximum Login Time: 10:00" in found[Level.OK]
    assert "WEST: EMCC is enabled there for this cluster" in found[Level.OK]


@pytest.mark.proves("RO-31")
def test_a_cluster_where_nothing_is_set_up_is_told_all_that_is_missing() -> None:
    found = report()
    assert found[Level.ERROR] == [
        "EMCC is not active: error 211",
        "no TFTP server for EMCC phones is set: error 39",
        "there is no EMCC device: error 33; insert some under Bulk administration",
        "no other cluster is known: join an ILS network first",
    ]
    assert any("no end user is enabled" in each for each in found[Level.WARNING])
    assert any("EMCC=#EMCC#" in each for each in found[Level.WARNING])


@pytest.mark.proves("RO-31")
def test_what_another_cluster_lacks_or_has_differently_is_named_with_that_cluster(west: Other) -> None:
    theirs = {"active": False, "enabled": [], "same": {**SAME, "EMCC Region Link Loss Type": "Lossy"}}
    west.says("emcc", {"": theirs}, NOW)
    Cluster.objects.filter(name="WEST").update(is_linked=False)
    changing.change_services(west.identity.origin, emcc=False, author=AUTHOR, now=NOW)
    found = report()
    assert found[Level.ERROR] == [
        "WEST: EMCC is not enabled for it here",
        "WEST: EMCC is not active there",
        "WEST: EMCC is not enabled there for this cluster",
    ]
    assert found[Level.WARNING] == [
        "WEST: not reachable now",
        "WEST: EMCC Region Link Loss Type must be the same in all clusters: here Low Loss, there Lossy",
    ]


def test_a_cluster_that_has_told_nothing_yet_is_no_error_of_anybody(west: Other) -> None:
    west.says("emcc", {"": None}, NOW)
    assert report()[Level.WARNING] == ["WEST: it has told nothing of its EMCC yet: update the remote clusters"]


@pytest.mark.parametrize("nonsense", [{"active": 1, "enabled": "x", "same": 3}, {"same": {"x": None}}, {}])
def test_a_cluster_that_talks_nonsense_breaks_nothing(west: Other, nonsense: dict[str, object]) -> None:
    west.says("emcc", {"": nonsense}, NOW)
    assert "WEST: EMCC is not active there" in report()[Level.ERROR]


def test_phones_of_the_same_name_in_two_clusters_are_named(west: Other) -> None:
    factories.phone("SEP0011AA220001")
    factories.phone("SEP0011AA220002")
    marks = [mark_of("sep0011aa220001"), mark_of("SEP0011AA22FFFF"), mark_of("EMCC1")]
    west.says("emcc_names", {"a0": {"marks": marks}, "a1": {"marks": "nonsense"}}, NOW)
    [warning] = [each for each in report()[Level.WARNING] if "same" in each or "names" in each]
    assert warning.startswith("WEST: phones of these names are in both clusters")
    assert warning.endswith(": SEP0011AA220001")


def test_this_clusters_phones_are_told_as_marks_and_no_more_when_emcc_is_off(west: Other) -> None:
    factories.phone("SEP0011AA220001")
    mark = mark_of("SEP0011AA220001")
    remote.update(NOW)
    said = {each.key: each.payload for each in clusters.records_of_kind("emcc_names")}
    assert said == {mark[:2]: {"marks": [mark]}}
    changing.change_profile(emcc_active=False, pstn_access_active=False, pstn_trunk=None, author=AUTHOR, now=NOW)
    remote.update(NOW)
    assert list(clusters.records_of_kind("emcc_names")) == []


def test_used_up_devices_no_time_limit_and_an_unknown_server_are_warned_of(
    west: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_uses", [])
    use = devices.Use("bob", "SEP1", "WEST", NOW)
    devices.ask_about_use(lambda: {"EMCC1": use, "EMCC2": use})
    factories.set_parameter(rules.INTER_CLUSTER_MAXIMUM_LOGIN_TIME, "0:00")
    factories.set_parameter(rules.DEFAULT_UPDATER, "nowhere")
    assert report()[Level.WARNING] == [
        "EMCC devices: 2, of them free: 0",
        "Inter-cluster Maximum Login Time is 0:00: log-ins across clusters do not end by themselves",
        "nowhere is set as a server for remote cluster update: no node of that name is known here",
    ]


@pytest.mark.shows("Default TFTP Server for EMCC Login Device", "", "hq.example")
@pytest.mark.shows("Backup TFTP Server for EMCC Login Device", "", "backup.example")
def test_the_backup_server_alone_is_enough() -> None:
    from roamline.rooms.emcc import settings

    assert settings.tftp_servers() == ()
    factories.set_parameter(rules.BACKUP_TFTP, " backup.example ")
    assert settings.tftp_servers() == ("backup.example",)
    factories.set_parameter(rules.DEFAULT_TFTP, "hq.example")
    assert settings.tftp_servers() == ("hq.example", "backup.example")


def test_pstn_access_needs_a_trunk() -> None:
    with pytest.raises(CannotActivate, match="needs a SIP trunk"):
        changing.change_profile(emcc_active=True, pstn_access_active=True, pstn_trunk=None, author=AUTHOR, now=NOW)
    assert changing.profile_row().pk is None
