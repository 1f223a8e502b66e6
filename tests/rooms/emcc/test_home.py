"""The home cluster: its user logs in on a phone of EAST, and every way in which that ends or is refused (RO-30)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.directory.models import Account
from roamline.rooms.emcc import devices as emcc_devices
from roamline.rooms.emcc import following, keeping
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices, Stay
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, Way, retention
from roamline.rooms.parameters.rules.emcc import DEFAULT_TFTP
from roamline.rooms.phones.models import Phone
from roamline.wires.emcc.messages import Changed, Check, Ended, LogOut, Standing
from tests.rooms.clusters.others import AUTHOR
from tests.rooms.emcc.far_cluster import SOFTPHONE, FarCluster, log_in, make_home
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
BY = By("admin", Way.ADMINISTRATOR)


@pytest.fixture
def east() -> FarCluster:
    """EAST, with bob of HQ enabled for EMCC."""
    make_home()
    far = FarCluster()
    factories.profile("EM_bob", numbers=("1002",))
    bob = factories.user("bob")
    Account.objects.filter(pk=bob.pk).update(emcc_enabled=True)
    return far


def test_the_users_own_settings_go_out_and_the_device_is_his(east: FarCluster) -> None:
    content = east.asks(log_in())["granted"]
    assert content["device"] == "EMCC1"
    assert [line["number"] for line in content["shown"]["lines"]] == ["1002"]
    session = LoginSession.objects.get(ended_at__isnull=True)
    assert (session.phone.name, session.account.user_id, session.way) == ("EMCC1", "bob", Way.EMCC)
    assert session.expires_at == NOW + timedelta(hours=10)
    assert session.phone.model.name == "EMCC: Software phone"
    assert (session.phone.model.registers_once, session.phone.model.max_lines) == (False, 6)
    assert following.uses()["EMCC1"].phone == SOFTPHONE.name
    assert mobility.users_on(["EMCC1"])["emcc1"].is_emcc


def test_the_same_question_again_is_the_same_log_in(east: FarCluster) -> None:
    question = log_in()
    first, second = east.asks(question), east.asks(question)
    assert first == second
    assert LoginSession.objects.count() == 1


@pytest.mark.proves("RO-30")
@pytest.mark.parametrize("way", ["visited", "administrator", "timer", "another log-in", "gone"])
def test_however_it_ends_the_device_is_free_and_the_visited_cluster_knows(east: FarCluster, way: str) -> None:
    question = log_in()
    assert "granted" in east.asks(question)
    east.answers = lambda asked: {"ended": True, "standing": []}
    later = NOW + timedelta(hours=11 if way == "timer" else 1)
    if way == "visited":
        assert east.asks(LogOut(question.session, "phone"), later) == {"ended": True}
    elif way == "administrator":
        mobility.log_out("EMCC1", BY, later)
    elif way == "timer":
        ledger.fire_due_deadlines(later)
    elif way == "another log-in":
        factories.set_parameter(factories.parameter("Multiple Login Behavior"), "Auto Logout")
        factories.phone("SEP0011AA220001")
        mobility.log_in(mobility.LogIn("SEP0011AA220001", "bob", None), BY, later)
    else:
        assert keeping.mend(later) == 1
    let_effects_happen(later)
    assert following.uses() == {}
    phone = Phone.objects.get(name="EMCC1")
    assert (phone.model.name, phone.em_enabled) == ("EMCC Base Phone", False)
    if way not in ("visited", "gone"):
        assert [each for each in east.asked if isinstance(each, Ended)]
    assert east.asks(log_in(), later).get("granted", {}).get("device", "EMCC1") == "EMCC1"


def test_while_the_visited_cluster_is_down_it_is_told_when_it_is_back(east: FarCluster) -> None:
    question = log_in()
    east.asks(question)
    mobility.log_out("EMCC1", BY, NOW)
    let_effects_happen(NOW)
    assert following.is_held("EMCC1") or Stay.objects.get().ended_at == NOW
    east.asked.clear()
    east.answers = lambda asked: {"ended": True}
    let_effects_happen(NOW + timedelta(minutes=5))
    assert [type(each) for each in east.asked] == [Ended]
    assert Stay.objects.get().is_told


def test_a_change_at_home_reaches_the_phone(east: FarCluster) -> None:
    east.asks(log_in())
    east.answers = lambda asked: {"changed": True}
    profile = LoginSession.objects.get().profile
    mobility.reconfigure_phones_running([profile.pk], "admin", NOW)
    assert following.is_held("EMCC1")
    let_effects_happen(NOW)
    assert not following.is_held("EMCC1")
    assert [each.content.version for each in east.asked if isinstance(each, Changed)] == [
        Phone.objects.get(name="EMCC1").configuration_version
    ]


REFUSALS = ["2", "25", "31", "32", "33", "37", "38", "39", "43", "46", "47"]


@pytest.mark.parametrize("number", REFUSALS)
def test_each_refusal_has_its_fault(east: FarCluster, number: str) -> None:
    question = log_in()
    match number:
        case "2":
            question = log_in(pin="00000")
        case "25":  # Multiple Login Behavior counts phones here and there together (EM-22)
            emcc_devices.insert(1, factories.device_pool("EMCC"), AUTHOR, NOW)
            east.asks(log_in())
        case "31":
            Account.objects.update(emcc_enabled=False)
        case "32":
            question = log_in(phone=changed_phone(is_software=False, model="Third party"))
        case "33":
            east.asks(log_in())
        case "37":
            factories.phone(SOFTPHONE.name)
        case "38":
            RemoteClusterServices.objects.update(emcc_enabled=False)
        case "39":
            factories.set_parameter(DEFAULT_TFTP, "")
        case "43":
            Phone.objects.filter(name="EMCC1").update(protected=True)
        case "46":
            question = log_in(phone=changed_phone(is_secure=True))
        case "47":
            share_the_extension()
            question = log_in("1002", login_type="DN")
    answered = east.asks(question)
    assert answered.get("refused") == int(number), answered
    entry = AuditEntry.objects.filter(action="emcc.refused").latest("id")
    assert (entry.result, entry.device, entry.subject) == (int(number), SOFTPHONE.name, "EAST")
    assert Stay.objects.filter(session=question.session).count() == 0


def changed_phone(**fields: object) -> object:
    from dataclasses import replace

    return replace(SOFTPHONE, **fields)


def share_the_extension() -> None:
    bob = Account.objects.get(user_id="bob")
    number = factories.number("1002")
    factories.user("rob")
    Account.objects.filter(user_id__in=["bob", "rob"]).update(primary_extension=number)
    assert bob.pk


def test_emcc_that_is_not_active_at_home_is_not_allowed(east: FarCluster) -> None:
    InterclusterServiceProfile.objects.update(emcc_active=False)
    assert east.asks(log_in())["refused"] == 38
    assert east.asks(Check("bob", "UID"))["refused"] == 38


def test_guesses_from_another_cluster_lock_the_user_as_guesses_here_do(east: FarCluster) -> None:
    for _ in range(5):
        assert east.asks(log_in(pin="00000"))["refused"] == 2
    assert Account.objects.get(user_id="bob").locked_until is not None
    assert east.asks(log_in())["refused"] == 2


def test_what_has_long_ended_is_forgotten(east: FarCluster) -> None:
    question = log_in()
    east.asks(question)
    east.asks(LogOut(question.session, "phone"))
    retention.purge(NOW + timedelta(days=89))
    assert Stay.objects.exists()
    retention.purge(NOW + timedelta(days=91))
    assert not Stay.objects.exists()


def test_what_the_other_cluster_does_not_know_it_is_told(east: FarCluster) -> None:
    question = log_in()
    east.asks(question)
    assert east.asks(Standing((question.session, "0" * 32))) == {"standing": [question.session]}
    assert east.asks(LogOut("0" * 32, "phone")) == {"ended": True}
    assert "refused" in east.asks(log_in(session="0" * 32))


def let_effects_happen(now: object) -> None:
    while ledger.perform_due_effects(now):  # type: ignore[arg-type]
        pass
