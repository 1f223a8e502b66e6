"""The visited cluster: a user of EAST logs in on a phone of HQ, and every way in which that ends or is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from roamline.doors.device_api.rendering import Configuration, configuration_of
from roamline.doors.provisioning import device_files
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.emcc import keeping, visits
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices, Visit
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogsOutAfterCall, Way
from roamline.rooms.phones.catalogue import EM_PATH
from roamline.rooms.phones.models import Phone, PhoneService
from roamline.wires.emcc.messages import Changed, Ended, HomeLogIn, LogOut, read_content
from tests.rooms.emcc.far_cluster import FarCluster, granted, make_home
from tests.support import factories
from tests.support.factories import NOW, PIN

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_phones")]
DEVICE = "SEP0011AA220006"
ADMIN = By("admin", Way.ADMINISTRATOR)


@pytest.fixture
def east() -> FarCluster:
    """EAST, home of fay; a software phone here whose own number is 1906."""
    make_home(devices=0)
    far = FarCluster()
    far.says("user", {"fay": {}}, NOW)
    far.says("number", {"2001": {"owner": "fay"}}, NOW)
    software = factories.model("Software phone", keys=12, max_lines=6, is_software=True)
    factories.phone(DEVICE, model=software, own_number="1906")
    far.answers = lambda question: granted()
    return far


def on_phone(**parameters: str) -> str:
    return Client().get("/emapp/EMAppServlet", {"device": DEVICE, **parameters}).content.decode()


def log_in(**parameters: str) -> str:
    return on_phone(**{"EMCC": "true", "userid": "fay", "seq": PIN, **parameters})


def configuration() -> Configuration:
    found = configuration_of(DEVICE)
    assert found is not None
    return found


def question_of(east: FarCluster) -> HomeLogIn:
    return next(each for each in east.asked if isinstance(each, HomeLogIn))


def let_effects_happen(now: Any = NOW) -> None:
    while ledger.perform_due_effects(now):
        pass


@pytest.mark.proves("RO-30")
def test_the_phone_registers_at_the_users_home_until_it_is_logged_out(east: FarCluster) -> None:
    before = configuration()
    assert "EMCC=true" in on_phone(EMCC="true")
    assert "Welcome, fay" in log_in()
    asked = question_of(east)
    assert (asked.identifier, asked.pin.reveal(), asked.phone.location) == ("fay", PIN, "")
    now = configuration()
    assert (now.registrar.host, now.registrar.port, now.realm) == ("10.2.0.1", 6060, "far.example")
    assert (now.auth_user, now.secret, now.locale) == ("EMCC3", "a-secret-of-EAST", "ko")
    assert [line.number for line in now.lines] == ["2001"]
    assert now.user is not None
    assert now.user.user_id == "fay"
    assert now.version > before.version
    assert "fay" in on_phone(EMCC="true")
    found = mobility.users_on([DEVICE])[DEVICE.lower()]
    assert (found.user_id, found.is_emcc) == ("fay", True)
    east.answers = lambda question: {"ended": True}
    assert "Goodbye, fay" in on_phone(doLogout="true")
    assert [line.number for line in configuration().lines] == ["1906"]
    assert configuration().auth_user == DEVICE
    assert not mobility.users_on([DEVICE])[DEVICE.lower()].is_emcc


@pytest.mark.proves("EM-27")
def test_the_call_history_goes_at_the_log_in_and_the_log_out_whatever_the_parameter_says(east: FarCluster) -> None:
    factories.set_parameter(factories.parameter("Clear Call Logs on Intra-cluster EM"), "False")
    log_in()
    assert configuration().clear_call_history
    mobility.log_out(DEVICE, ADMIN, NOW)
    assert configuration().clear_call_history


@pytest.mark.parametrize("way", ["home", "administrator", "log out all", "gone"])
def test_however_it_ends_the_phone_is_its_clusters_again(east: FarCluster, way: str) -> None:
    log_in()
    session = question_of(east).session
    east.answers = lambda question: {"ended": True, "standing": []}
    match way:
        case "home":
            assert east.asks(Ended(session, Way.TIMER)) == {"ended": True}
        case "administrator":
            mobility.log_out(DEVICE, ADMIN, NOW)
        case "log out all":
            assert mobility.log_out_all(ADMIN, NOW) == 1
        case "gone":
            assert keeping.mend(NOW + timedelta(minutes=5)) == 1
    assert configuration().auth_user == DEVICE
    assert not Phone.objects.get(name=DEVICE).visitor
    assert Visit.objects.get().content == ""
    assert AuditEntry.objects.filter(action="em.logout", user_id="fay", device=DEVICE).exists()


def test_while_home_is_down_the_phone_comes_back_and_home_is_told_later(east: FarCluster) -> None:
    log_in()
    east.answers = None
    assert "Goodbye, fay" in on_phone(doLogout="true")
    let_effects_happen()
    east.asked.clear()
    east.answers = lambda question: {"ended": True}
    let_effects_happen(NOW + timedelta(minutes=10) if Visit.objects.get().ended_at else NOW)
    later = Visit.objects.get().ended_at
    assert later is not None
    let_effects_happen(later + timedelta(minutes=10))
    assert [each.session for each in east.asked if isinstance(each, LogOut)] == [Visit.objects.get().session]


def test_a_call_ends_before_the_log_out(east: FarCluster) -> None:
    log_in()
    east.answers = lambda question: {"ended": False}
    assert isinstance(mobility.log_out(DEVICE, ADMIN, NOW), LogsOutAfterCall)
    assert configuration().auth_user == "EMCC3"


def test_silence_is_an_error_and_home_is_told_that_nothing_began(east: FarCluster) -> None:
    east.answers = None
    assert "Please try to login again (23)" in log_in()
    assert configuration().auth_user == DEVICE
    east.asked.clear()
    east.answers = lambda question: {"ended": True}
    ended = Visit.objects.get().ended_at
    assert ended is not None
    let_effects_happen(ended + timedelta(minutes=5))
    assert [type(each) for each in east.asked] == [LogOut]
    assert not Visit.objects.exists()


def test_a_change_at_home_is_taken_up_once(east: FarCluster) -> None:
    log_in()
    session, version = question_of(east).session, configuration().version
    content = read_content(granted(version=9)["granted"])
    for _twice in range(2):
        assert east.asks(Changed(session, content), NOW) == {"changed": True}
    assert configuration().version == version + 1
    assert "refused" in east.asks(Changed("0" * 32, content))


SHOWN = {
    "2": "Please try to login again (201)",  # a phone does not tell what was wrong (S-1); the audit says 2
    "25": "Multi-Login Not Allowed (25)",
    "31": "Login is unavailable(31)",
    "32": "Login is unavailable(32)",
    "33": "Login is unavailable(33)",
    "37": "Login is unavailable(37)",
    "38": "Login is unavailable(38)",
    "39": "Please try to login again (201)",
    "41": "Change your PIN in your own cluster first",
    "43": "Login is unavailable(43)",
    "46": "Login is unsuccessful(46)",
    "47": "DN has multiple users(47)",
}


@pytest.mark.parametrize("number", SHOWN)
def test_what_home_refuses_is_shown_and_audited(east: FarCluster, number: str) -> None:
    east.answers = lambda question: {"refused": int(number), "reason": "because"}
    assert SHOWN[number] in log_in()
    entry = AuditEntry.objects.filter(action="em.login").latest("id")
    assert (entry.result, entry.succeeded, entry.device) == (int(number), False, DEVICE)
    assert not Visit.objects.exists()


def test_without_emcc_in_the_request_another_clusters_user_is_nobody(east: FarCluster) -> None:
    assert "Please try to login again (201)" in log_in(EMCC="false")
    assert "Please try to login again (201)" in log_in(userid="nobody")
    assert not east.asked


def test_a_user_here_is_never_asked_for_elsewhere(east: FarCluster) -> None:
    factories.user("fay")
    assert "Welcome, fay" in log_in()
    assert not east.asked


def test_by_extension_the_cluster_of_the_number_is_asked(east: FarCluster) -> None:
    assert "Welcome, fay" in log_in(userid="2001", loginType="DN")
    assert question_of(east).login_type == "DN"


def test_where_emcc_is_not_active_or_not_for_that_cluster_it_is_refused(east: FarCluster) -> None:
    RemoteClusterServices.objects.update(emcc_enabled=False)
    assert "Please try to login again (201)" in log_in()
    InterclusterServiceProfile.objects.update(emcc_active=False)
    assert "Login is unavailable(211)" in log_in()
    assert not east.asked


def test_a_model_that_cannot_is_refused_here_already(east: FarCluster) -> None:
    model = Phone.objects.get(name=DEVICE).model
    model.capabilities = [*model.capabilities, "no emcc"]
    model.save()
    assert "Login is unavailable(213)" in log_in()
    assert not east.asked


def test_a_taken_phone_is_refused_and_home_has_nothing_to_do(east: FarCluster) -> None:
    log_in()
    assert "Login is unavailable(18)" in log_in()
    assert len([each for each in east.asked if isinstance(each, HomeLogIn)]) == 1
    factories.user("alice")
    refused = mobility.log_in(mobility.LogIn(DEVICE, "alice", None), ADMIN, NOW)
    assert isinstance(refused, Refused)
    assert refused.error is Error.PHONE_TAKEN


def test_what_is_asked_from_an_address_that_guesses_is_held_back(east: FarCluster) -> None:
    east.answers = lambda question: {"refused": 2, "reason": "wrong PIN"}
    for _ in range(40):
        log_in()
    assert len(east.asked) < 40


def test_a_visit_cut_short_is_cleared_away(east: FarCluster) -> None:
    phone = Phone.objects.get(name=DEVICE)
    Visit.objects.create(session="a" * 32, phone=phone, origin=east.identity.origin, cluster="EAST", user_id="fay",
                         asked_at=NOW)  # fmt: skip
    later = NOW + timedelta(minutes=10)
    assert keeping.clear_away(later) == 1
    east.answers = lambda question: {"ended": True}
    let_effects_happen(later)
    assert not Visit.objects.exists()
    assert visits.on_phone(phone.pk) is None


def test_a_cisco_phones_file_leads_home_first_and_here_second(east: FarCluster) -> None:
    desk = factories.phone("SEP0011AA220001", own_number="1901")
    desk.model.product_number, desk.model.registers_once = 684, True
    desk.model.save()
    service = PhoneService.objects.create(name="Extension Mobility", url="http://hq.example:8080" + EM_PATH)
    desk.own_profile.services.add(service)
    before = device_files.render(desk.name)
    assert "Welcome, fay" in log_in(device=desk.name)
    file = device_files.render(desk.name)
    assert file is not None
    assert before is not None
    said = etree.fromstring(file)
    servers = [each.text for each in said.iter("processNodeName")]
    assert servers[0] == "10.2.0.1"
    assert len(servers) == 2
    assert {each.text for each in said.iter("authName")} == {"EMCC3"}
    assert {each.text for each in said.iter("authPassword")} == {"a-secret-of-EAST"}
    assert [each.text for each in said.iter("name") if each.text == "2001"] == ["2001"]
    assert b"hq.example:8080/emapp/EMAppServlet" in file
    mobility.log_out(desk.name, ADMIN, NOW)
    after = device_files.render(desk.name)
    assert after is not None
    assert [each.text for each in etree.fromstring(after).iter("processNodeName")] == [
        each.text for each in etree.fromstring(before).iter("processNodeName")
    ]


def test_explain_says_that_the_users_cluster_would_decide(east: FarCluster) -> None:
    def said() -> list[str]:
        return [str(finding.reason) for finding in mobility.explain("fay", DEVICE, NOW).findings]

    assert any("user of EAST, not a super user; a phone that sends EMCC=true" in reason for reason in said())
    InterclusterServiceProfile.objects.update(emcc_active=False)
    assert "user of EAST, not a super user" in said()
