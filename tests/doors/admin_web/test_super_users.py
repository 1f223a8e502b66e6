"""The page of super users, and what the administration shows of another cluster's (RO-11)."""

from __future__ import annotations

import pytest
from django.test import Client

from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import DeviceProfile
from roamline.rooms.roaming.models import Replica, RoamingSettings, SyncRun
from roamline.rooms.roaming.rules import documents
from tests.rooms.roaming import network
from tests.rooms.roaming.rules.test_documents import ERIN

pytestmark = pytest.mark.django_db

PAGE = "/admin/super-users/"


@pytest.fixture
def visitor(admin: Client) -> Account:
    """erin of HQ, taken over by this cluster."""
    network.make()
    network.say("super_user", str(ERIN.uuid), documents.written(ERIN), stamp=3)
    return Account.objects.get(uuid=ERIN.uuid)


def test_the_page_says_whose_they_are_and_where_they_are(admin: Client, visitor: Account) -> None:
    network.say("login", "erin", {"ended": False, "numbers": ["1005"], "device": "SEP9"}, stamp=network.LATER)
    for address in (PAGE, f"{PAGE}now/"):
        said = admin.get(address).content.decode()
        assert "HQ, on SEP9" in said
        assert "does not run here" in said  # nobody is linked


@pytest.mark.proves("RO-11")
def test_an_administrator_synchronises_looks_before_and_sets_the_schedule(admin: Client, visitor: Account) -> None:
    assert "What a synchronisation would do now" in admin.post(PAGE, {"deed": "dry_run"}).content.decode()
    assert not SyncRun.objects.exists()
    admin.post(PAGE, {"deed": "synchronise"})
    assert SyncRun.objects.get().actor == "admin"
    admin.post(PAGE, {"deed": "set_up", "every_minutes": "30", "default_css": "Internal only"})
    settings = RoamingSettings.objects.get()
    assert settings.default_css is not None
    assert (settings.every_minutes, settings.default_css.name) == (30, "Internal only")
    said = admin.post(PAGE, {"deed": "set_up", "every_minutes": "x", "default_css": ""}, follow=True).content.decode()
    assert "Give a number of minutes." in said


def test_who_only_helps_sees_the_page_and_changes_nothing(dana: Client, visitor: Account) -> None:
    assert "Synchronise now" not in dana.get(PAGE).content.decode()
    assert dana.post(PAGE, {"deed": "synchronise"}).status_code == 403


def test_what_is_another_clusters_is_shown_as_such_and_not_changed_here(admin: Client, visitor: Account) -> None:
    profile = DeviceProfile.objects.get(name="EM_erin", replica__isnull=False)
    number = DirectoryNumber.objects.get(pattern="1005", replica__isnull=False)
    for address in (
        f"/admin/admin_web/enduser/{visitor.pk}/change/",
        f"/admin/phones/deviceprofile/{profile.pk}/change/",
        f"/admin/dialplan/directorynumber/{number.pk}/change/",
    ):
        said = admin.get(address).content.decode()
        assert "HQ; it is changed there" in said
        assert 'name="_save"' not in said
        assert admin.post(address, {"first_name": "Mallory"}).status_code == 403
        assert admin.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert Account.objects.get(pk=visitor.pk).first_name == "Erin"
    assert Replica.objects.get().account == visitor
