"""Setting EMCC up on the administration's pages: remote clusters, service profile, configuration, devices (RO-31)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import CallingSearchSpace, Trunk
from roamline.rooms.emcc import changing, devices, remote, settings
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices, Visit
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.rooms.clusters.others import AUTHOR, Other, join_network
from tests.support.factories import NOW

PROFILE = "/admin/service-profile/"
DEVICES = "/admin/emcc-devices/"
CONFIGURATION = "/admin/parameters/parametervalue/emcc/"
DEVICES_LISTED = "/admin/phones/phone/?find=name&how=begins&text=EMCC"
CLUSTERS = "/admin/emcc/remoteclusterservices/"


@pytest.fixture
def west(small_site: Any) -> RemoteClusterServices:
    """Another cluster of the network, on its page."""
    join_network(NOW)
    Other("WEST", 7)
    Cluster.objects.filter(name="WEST").update(is_linked=True, last_heard=NOW)
    return remote.notice(NOW)[0]


def changes_of(action: str) -> dict[str, Any]:
    return dict(AuditEntry.objects.get(action=action).details["changes"])


@pytest.mark.proves("RO-31")
def test_the_remote_clusters_are_listed_found_and_changed_with_what_is_enabled_for_each(
    west: RemoteClusterServices, admin: Client
) -> None:
    shown = pages.text_of(admin.get(CLUSTERS))
    assert all(text in shown for text in ("WEST", "reachable", "2030-05-17", "Remote clusters: 1"))
    assert "WEST" not in pages.text_of(admin.get(CLUSTERS, {"find": "name", "how": "begins", "text": "EAST"}))
    assert pages.send(admin, pages.address_of(west), {"emcc_enabled": "on"}).status_code == 302
    assert settings.services_of("WEST") == settings.Services(emcc=True)
    assert changes_of("remote_cluster.changed") == {"emcc_enabled": {"before": False, "after": True}}
    assert "it has told nothing yet" in pages.text_of(admin.get(pages.address_of(west)))


def test_update_now_looks_at_every_cluster_that_is_reached(west: RemoteClusterServices, admin: Client) -> None:
    answer = admin.post(f"{CLUSTERS}update/", follow=True)
    assert "1 remote cluster is updated." in pages.text_of(answer)
    west.refresh_from_db()
    assert west.updated_at is not None
    assert AuditEntry.objects.filter(action="ils.synchronised", actor="admin").exists()
    assert admin.get(f"{CLUSTERS}update/").status_code == 405


def test_without_a_network_there_is_nothing_to_update_and_the_page_says_where_to_join(admin: Client) -> None:
    assert "join one under ILS" in pages.text_of(admin.get(CLUSTERS))
    assert "in no network of clusters: see ILS" in pages.text_of(admin.post(f"{CLUSTERS}update/", follow=True))


def test_only_a_cluster_that_left_can_be_deleted(west: RemoteClusterServices, admin: Client) -> None:
    delete = pages.address_of(west, "delete")
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": str(west.pk)}
    assert "WEST is in the network." in pages.text_of(admin.post(CLUSTERS, chosen))
    admin.post(CLUSTERS, {**chosen, "post": "yes"})
    assert RemoteClusterServices.objects.exists()
    Cluster.objects.filter(name="WEST").update(is_member=False)
    assert admin.post(delete, {"post": "yes"}).status_code == 302
    assert not RemoteClusterServices.objects.exists()


@pytest.mark.proves("RO-31")
def test_the_service_profile_is_activated_with_its_trunk_and_the_audit_has_before_and_after(admin: Client) -> None:
    trunk = Trunk.objects.get()
    given = {"emcc_active": "on", "pstn_access_active": "on", "pstn_trunk": trunk.pk}
    assert pages.send(admin, PROFILE, given).status_code == 302
    assert settings.profile() == settings.Profile(True, True, trunk)
    changed = changes_of("intercluster_service_profile.changed")
    assert changed["emcc_active"] == {"before": False, "after": True}
    assert changed["pstn_trunk"] == {"before": None, "after": trunk.name}


def test_a_profile_that_cannot_be_is_refused_at_its_field(admin: Client) -> None:
    for given, said in (
        ({"pstn_access_active": "on"}, "PSTN access needs a SIP trunk."),
        ({"pstn_access_active": "on", "pstn_trunk": "9999"}, "Select a valid choice"),
        ({"pstn_trunk": "x" * 300}, "Select a valid choice"),
    ):
        answer = pages.send(admin, PROFILE, given)
        assert answer.status_code == 200
        assert said in pages.text_of(answer)
    assert not InterclusterServiceProfile.objects.exists()


def test_a_profile_is_not_saved_over_somebody_elses_change(admin: Client) -> None:
    changing.change_profile(emcc_active=False, pstn_access_active=False, pstn_trunk=None, author=AUTHOR, now=NOW)
    old = pages.open_form(admin, PROFILE)
    changing.change_profile(emcc_active=True, pstn_access_active=False, pstn_trunk=None, author=AUTHOR, now=NOW)
    assert admin.post(PROFILE, {"revision": 0, **old}).status_code == 200
    assert settings.profile().emcc_active


@pytest.mark.proves("RO-31")
def test_validate_reports_errors_and_warnings_in_words(west: RemoteClusterServices, admin: Client) -> None:
    assert "Validation report" not in pages.text_of(admin.get(PROFILE))
    shown = pages.text_of(admin.get(PROFILE, {"validate": "1"}))
    for text in ("Validation report", "Errors: 4", "no TFTP server for EMCC phones is set: error 39", "WEST"):
        assert text in shown


@pytest.mark.proves("RO-31")
def test_the_feature_configuration_is_a_page_of_its_own_with_defaults_help_and_reset(admin: Client) -> None:
    shown = pages.text_of(admin.get(CONFIGURATION))
    for each in rules.REGISTRY.values():
        assert (each.name in shown) == (each.service == rules.EMCC)
    assert "Kept for compatibility, without effect: this system has no RSVP agent." in shown
    field = f"{rules.EMCC}/{rules.UPDATE_INTERVAL.name}"
    pages.send(admin, CONFIGURATION, {field: "60"})
    assert parameters.now_in_force().text(rules.UPDATE_INTERVAL) == "60"
    pages.send(admin, CONFIGURATION, {"reset": field})
    assert parameters.now_in_force().text(rules.UPDATE_INTERVAL) == "30"
    refused = pages.send(admin, CONFIGURATION, {field: "14", f"{rules.EMCC}/{rules.DEFAULT_TFTP.name}": "two hosts"})
    assert "Give a whole number from 15 to 10080." in pages.text_of(refused)
    assert "Give one host name or address." in pages.text_of(refused)
    assert settings.tftp_servers() == ()


@pytest.mark.proves("RO-31")
def test_emcc_devices_are_checked_and_inserted_by_their_count(admin: Client) -> None:
    before = Phone.objects.count()
    assert "2 devices would be inserted: EMCC1, EMCC2" in pages.text_of(pages.send(admin, DEVICES, {"count": "2"}))
    assert Phone.objects.count() == before
    done = pages.send(admin, DEVICES, {"count": "2", "deed": "insert"})
    assert done.status_code == 302
    assert "EMCC devices: 2, of them free: 2" in pages.text_of(admin.get(DEVICES))
    assert [phone.name for phone in settings.emcc_devices()] == ["EMCC1", "EMCC2"]


def test_a_count_that_makes_no_sense_is_refused_at_its_field(admin: Client) -> None:
    for count in ("0", "-1", "100001", "many", "", "1.5", "9" * 400):
        answer = pages.send(admin, DEVICES, {"count": count, "deed": "insert"})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
    assert not settings.emcc_devices().exists()


def test_an_emcc_devices_page_says_who_uses_it_and_takes_no_log_in(
    admin: Client, small_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.insert(1, small_site.phone(1).device_pool, AUTHOR, NOW)
    device = settings.emcc_devices().get()
    assert "EMCC device free" in pages.text_of(admin.get(pages.address_of(device)))
    use = devices.Use("gina", "SEP0011AA240001", "WEST", NOW)
    monkeypatch.setattr(devices, "_uses", [lambda: {"EMCC1": use}])
    for page in (pages.address_of(device), DEVICES):
        shown = pages.text_of(admin.get(page))
        assert all(text in shown for text in ("gina", "SEP0011AA240001", "WEST"))
    pages.send(admin, pages.address_of(device), {"em_enabled": "on", "description": "changed"})
    device.refresh_from_db()
    assert (device.em_enabled, device.description) == (False, "changed")
    answer = pages.confirm(admin, pages.choose(admin, Phone, "change_selected", [device]), em_enabled="on")
    assert "EMCC1: nobody logs in on an EMCC device itself." in pages.messages_of(admin, answer)
    assert not Phone.objects.get(pk=device.pk).em_enabled
    Phone.objects.filter(pk=device.pk).update(em_enabled=True)  # while it is used
    assert pages.send(admin, pages.address_of(device), {"description": "used"}).status_code == 302
    assert "EMCC1" in pages.text_of(admin.get(DEVICES_LISTED))


def test_emcc_devices_model_is_offered_for_no_other_phone_and_no_profile(admin: Client, small_site: Any) -> None:
    devices.insert(1, small_site.phone(1).device_pool, AUTHOR, NOW)
    for page in ("/admin/phones/phone/add/", "/admin/phones/deviceprofile/add/"):
        assert "EMCC Base Phone" not in admin.get(page).content.decode()


def test_a_profile_has_a_calling_search_space_for_other_clusters_phones(admin: Client, small_site: Any) -> None:
    css = CallingSearchSpace.objects.get(name="Internal only")
    pages.send(admin, pages.address_of(small_site.profile), {"emcc_css": css.pk})
    small_site.profile.refresh_from_db()
    assert small_site.profile.emcc_css == css
    assert changes_of("device_profile.changed") == {"emcc_css": {"before": None, "after": "Internal only"}}


def test_who_may_only_look_sees_all_of_it_and_changes_nothing(west: RemoteClusterServices, reader: Client) -> None:
    for page in (CLUSTERS, pages.address_of(west), PROFILE, f"{PROFILE}?validate=1", CONFIGURATION, DEVICES):
        assert reader.get(page).status_code == 200
    for page in (pages.address_of(west), f"{CLUSTERS}update/", PROFILE, CONFIGURATION, DEVICES):
        assert reader.post(page, {"count": "1", "deed": "insert", "emcc_active": "on"}).status_code == 403
    assert not settings.emcc_devices().exists()


def test_a_user_of_another_cluster_is_shown_found_and_logged_out_with_others(admin: Client, small_site: Any) -> None:
    phone = small_site.phone(1)
    Phone.objects.filter(pk=phone.pk).update(visitor="fay", visitor_home="WEST")
    Visit.objects.create(session="a" * 32, phone=phone, origin="w" * 24, cluster="WEST", user_id="fay", asked_at=NOW,
                         began_at=NOW)  # fmt: skip
    found = pages.text_of(admin.get("/admin/phones/phone/?logged_in=yes"))
    assert "fay (WEST)" in found
    assert phone.name not in pages.text_of(admin.get("/admin/phones/phone/?logged_in=no"))
    asked = pages.choose(admin, Phone, "log_out_selected", Phone.objects.all())
    assert "Users who are logged out: 1." in pages.text_of(asked)
    response = pages.confirm(admin, asked)
    assert f"fay is logged out on {phone.name}." in pages.messages_of(admin, response)
    assert not Phone.objects.exclude(visitor="").exists()
