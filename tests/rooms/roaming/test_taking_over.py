"""A super user of another cluster becomes one here, with what this cluster has (RO-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.dialplan.models import CallingSearchSpace, DirectoryNumber
from roamline.rooms.directory.models import Account
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.phones.models import DeviceProfile, PhoneService
from roamline.rooms.roaming import applying, composing, overview
from roamline.rooms.roaming.applying import CannotTakeOver
from roamline.rooms.roaming.models import Replica, RoamingSettings
from roamline.rooms.roaming.rules import documents
from roamline.rooms.roaming.rules.documents import LineDocument, Number, ProfileDocument, UserDocument
from tests.support import factories
from tests.support.factories import NOW, PIN, uuid_of, verifier_of

pytestmark = pytest.mark.django_db

LINE = LineDocument(Number("1005", "Internal"), "Internal only", {"index": 1, "button": 1, "display_name": "Erin Eun"})
PROFILE = ProfileDocument(
    uuid=uuid4(),
    model={"name": "Cisco 8851", "keys": 10, "max_lines": 10, "registers_once": True, "capabilities": []},
    is_default=True,
    fields={"name": "EM_erin", "user_locale": "ko", "description": ""},
    services=("Extension Mobility",),
    lines=(LINE,),
    buttons=(),
)
ERIN = UserDocument(
    uuid=uuid_of("erin"),
    user_id="erin",
    fields={"first_name": "Erin", "last_name": "Eun", "user_locale": "ko", "is_active": True},
    extension=Number("1005", "Internal"),
    profiles=(PROFILE,),
)


@pytest.fixture
def here() -> None:
    """What the demo's East has."""
    factories.model()
    factories.number("2001")
    factories.calling_search_space()
    PhoneService.objects.create(name="Extension Mobility", url="http://x/emapp")


def taken_over(document: UserDocument = ERIN) -> tuple[Replica, list[str]]:
    """The user, taken over, with what is lacking."""
    replica = Replica.objects.filter(uuid=document.uuid).first() or Replica(
        uuid=document.uuid, user_id=document.user_id, origin="hq", cluster="HQ", changed_at=NOW
    )
    return replica, applying.take_over(document, replica, NOW)


@pytest.mark.usefixtures("here")
def test_user_profile_line_and_subscription_are_the_same_here() -> None:
    replica, lacks = taken_over()
    assert lacks == []
    account = Account.objects.get(user_id="erin")
    assert (account.uuid, account.home_cluster, account.display_name) == (ERIN.uuid, False, "Erin Eun")
    assert account == replica.account
    assert not account.has_usable_password()
    profile = account.controlled_profiles.get().profile
    assert (profile.uuid, profile.name, profile.user_locale) == (PROFILE.uuid, "EM_erin", "ko")
    line = profile.lines.get()
    assert (line.directory_number.pattern, line.css.name if line.css else "") == ("1005", "Internal only")
    assert [service.name for service in profile.services.all()] == ["Extension Mobility"]
    assert overview.origin_of_account(account) == "HQ"
    assert overview.origin_of_profile(profile.pk) == "HQ"


@pytest.mark.usefixtures("here")
def test_what_is_taken_over_is_what_would_travel_on() -> None:
    taken_over()
    again = composing.document_of(Account.objects.get(user_id="erin"))
    assert again.profiles[0].lines[0].number == LINE.number
    assert again.extension == ERIN.extension
    assert documents.read(str(again.uuid), documents.written(again)) == again


def test_what_is_missing_is_listed_and_never_keeps_the_user_out() -> None:
    _replica, lacks = taken_over()
    assert sorted(lacks) == [
        "calling search space Internal only",
        "partition Internal",
        "phone model Cisco 8851",
        "service Extension Mobility",
    ]
    css = DeviceProfile.objects.get(name="EM_erin").lines.get().css
    assert css is not None
    assert (css.name, css.members.count()) == ("Roaming default", 0)  # never an open one
    number = DirectoryNumber.objects.get(pattern="1005")
    assert number.partition.name == "Roaming users"
    assert not number.partition.memberships.exists()


@pytest.mark.usefixtures("here")
def test_an_administrator_chooses_what_stands_for_a_missing_space() -> None:
    chosen = CallingSearchSpace.objects.create(name="Guests")
    RoamingSettings.objects.create(default_css=chosen)
    taken_over(replace(ERIN, profiles=(replace(PROFILE, lines=(replace(LINE, css="Elsewhere"),)),)))
    assert DeviceProfile.objects.get(name="EM_erin").lines.get().css == chosen


@pytest.mark.usefixtures("here")
def test_a_change_at_home_is_a_change_here_and_what_went_there_goes_here() -> None:
    replica, _ = taken_over()
    other = replace(PROFILE, uuid=uuid4(), fields={"name": "EM_erin_lab"}, is_default=False)
    moved = replace(LINE, number=Number("1015", "Internal"))
    taken_over(replace(ERIN, extension=None, profiles=(replace(other, lines=(moved,)),)))
    account = Account.objects.get(user_id="erin")
    assert [each.profile.name for each in account.controlled_profiles.all()] == ["EM_erin_lab"]
    assert not DeviceProfile.objects.filter(name="EM_erin").exists()
    assert replica.account == account


@pytest.mark.usefixtures("here")
def test_who_is_no_super_user_any_more_is_gone_and_logged_out() -> None:
    replica, _ = taken_over()
    phone = log_in()
    applying.let_go(Replica.objects.get(pk=replica.pk), NOW)
    assert not Account.objects.filter(user_id="erin").exists()
    assert not DeviceProfile.objects.filter(name="EM_erin").exists()
    assert not DirectoryNumber.objects.filter(pattern="1005").exists()
    phone.refresh_from_db()
    assert phone.current_profile == phone.own_profile


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("what", ["user id", "profile", "number"])
def test_what_is_this_clusters_own_is_never_overwritten(what: str) -> None:
    if what == "user id":
        factories.user("erin", profiles=())
        Account.objects.filter(user_id="erin").update(uuid=uuid4())
    elif what == "profile":
        factories.profile("EM_erin")
    else:
        factories.number("1005")
    with pytest.raises(CannotTakeOver, match=what):
        taken_over()
    assert not Account.objects.filter(uuid=ERIN.uuid).exists()


def log_in(**more: Any) -> Any:
    """erin logs in here."""
    Account.objects.filter(user_id="erin").update(pin_verifier=verifier_of("erin"))
    phone = factories.phone("SEP0011AA230006", own_number="2906")
    outcome = mobility.log_in(LogIn(phone.name, "erin", Secret(PIN)), By("erin", Way.PHONE), NOW)
    assert isinstance(outcome, LoggedIn)
    assert outcome.expires_at == more.get("until", NOW + timedelta(hours=10))
    phone.refresh_from_db()
    return phone


@pytest.mark.usefixtures("here")
@pytest.mark.proves("RO-10")
def test_a_super_user_logs_in_here_with_the_same_id_and_pin_for_the_inter_cluster_time() -> None:
    taken_over()
    phone = log_in()
    assert phone.current_profile.name == "EM_erin"


@pytest.mark.usefixtures("here")
def test_the_inter_cluster_time_is_the_administrators() -> None:
    factories.set_parameter(parameter_rules.INTER_CLUSTER_MAXIMUM_LOGIN_TIME, "0:00")
    taken_over()
    log_in(until=None)
