"""What other clusters are told of this cluster's super users, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import CallingSearchSpace, CallingSearchSpaceMember, Partition
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.models import Account, Membership
from roamline.rooms.directory.rules.roles import SUPER_USERS
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way, own_changes
from roamline.rooms.phones import forwarding
from roamline.rooms.phones.models import Forward, Line
from roamline.rooms.roaming import away, composing, syncing
from tests.rooms.roaming import network
from tests.support import factories
from tests.support.factories import NOW, PIN

pytestmark = pytest.mark.django_db

ON_PHONE = By("erin", Way.PHONE)


@pytest.fixture
def erin() -> Account:
    """A super user of this cluster, known to the others."""
    network.make()
    account = factories.user("erin", groups=(SUPER_USERS,), profiles=("EM_erin",))
    profile = account.controlled_profiles.get().profile
    factories.phones.add_line(profile=profile, number=factories.number("1005"), actor="tests", now=NOW)
    network.let_effects_happen()
    return account


def log_in(device: str, now: object = NOW) -> LoggedIn:
    outcome = mobility.log_in(LogIn(device, "erin", Secret(PIN)), ON_PHONE, NOW)
    assert isinstance(outcome, LoggedIn)
    return outcome


def test_who_becomes_a_super_user_is_told_at_once_with_a_pin_that_only_the_network_can_use(erin: Account) -> None:
    said = network.own("super_user", str(erin.uuid))
    assert said is not None
    assert (said["user_id"], said["profiles"][0]["lines"][0]["number"]) == ("erin", ["1005", "Internal"])
    assert "verifier" not in str(said)
    pin = network.own("super_setting", f"{erin.uuid}:pin")
    assert pin is not None
    assert verifiers.is_same(erin.pin_verifier, pin["sealed"], erin.uuid, [network.key()])


def test_who_leaves_the_group_is_withdrawn(erin: Account) -> None:
    Membership.objects.all().delete()
    syncing.publish_all(NOW)
    assert network.own("super_user", str(erin.uuid)) is None


@pytest.mark.proves("RO-20")
def test_a_log_in_is_said_in_its_own_transaction_and_a_log_out_sends_the_number_home(erin: Account) -> None:
    first, second = factories.phone("SEP1"), factories.phone("SEP2")
    log_in(first.name)
    where = clusters.where_is("erin")
    assert where is not None
    assert (where.is_here, where.ended, where.device) == (True, False, "SEP1")
    mobility.log_out(first.name, ON_PHONE, NOW)
    where = clusters.where_is("erin")
    assert where is not None
    assert where.ended
    assert second is not None


@pytest.mark.proves("RO-20")
def test_without_a_link_the_answer_says_that_others_do_not_know(erin: Account) -> None:
    assert not log_in(factories.phone("SEP1").name).others_learn
    bob = factories.user("bob")
    outcome = mobility.log_in(LogIn(factories.phone("SEP2").name, bob.user_id, Secret(PIN)), By("bob", Way.PHONE), NOW)
    assert isinstance(outcome, LoggedIn)
    assert outcome.others_learn  # it concerns nobody else


@pytest.mark.proves("RO-21")
@pytest.mark.parametrize("behavior", ["Multiple Logins Allowed", "Multiple Logins Not Allowed", "Auto Logout"])
def test_a_newer_log_in_elsewhere_ends_the_sessions_here_in_every_mode(erin: Account, behavior: str) -> None:
    factories.set_parameter(factories.parameter("Multiple Login Behavior"), behavior)
    phone = factories.phone("SEP1")
    log_in(phone.name)
    network.say("login", "erin", {"ended": False, "numbers": ["1005"], "device": "SEP9"}, stamp=network.LATER)
    phone.refresh_from_db()
    assert phone.current_profile == phone.own_profile
    where = clusters.where_is("erin")
    assert where is not None
    assert (where.place.name, where.ended) == ("HQ", False)


@pytest.mark.proves("RO-22", "RO-24")
def test_several_phones_of_one_cluster_never_of_two_and_home_after_the_last_log_out(erin: Account) -> None:
    factories.set_parameter(factories.parameter("Multiple Login Behavior"), "Multiple Logins Allowed")
    phones = [factories.phone("SEP1"), factories.phone("SEP2")]
    for phone in phones:
        log_in(phone.name)
    assert LoginSession.objects.filter(account=erin, ended_at__isnull=True).count() == 2
    network.say("login", "erin", {"ended": False, "numbers": ["1005"], "device": "SEP9"}, stamp=network.LATER)
    assert not LoginSession.objects.filter(account=erin, ended_at__isnull=True).exists()
    network.say("login", "erin", {"ended": True, "since": network.LATER}, stamp=network.LATER + 1)
    where = clusters.where_is("erin")
    assert where is not None
    assert where.ended


def test_an_older_log_in_elsewhere_that_arrives_late_changes_nothing(erin: Account) -> None:
    phone = factories.phone("SEP1")
    log_in(phone.name)
    network.say("login", "erin", {"ended": False, "numbers": ["1005"], "device": "SEP9"}, stamp=1)
    phone.refresh_from_db()
    assert phone.current_profile.name == "EM_erin"


@pytest.mark.proves("RO-13")
def test_a_pin_that_was_changed_elsewhere_is_adopted_and_said_no_more(erin: Account) -> None:
    changed = verifiers.make(Secret("80412"), erin.uuid)
    sealed = verifiers.seal_for_network(changed, erin.uuid, network.key())
    key = f"{erin.uuid}:pin"
    network.say("super_setting", key, {"sealed": sealed, "changed_at": None, "must_change": False}, stamp=network.LATER)
    erin.refresh_from_db()
    assert verifiers.matches(Secret("80412"), erin.pin_verifier, erin.uuid)
    before = network.own("super_setting", key)
    network.let_effects_happen(NOW + timedelta(minutes=1))
    assert network.own("super_setting", key) == before


def test_of_two_changes_the_later_one_counts_whichever_arrives_first(erin: Account) -> None:
    sealed = verifiers.seal_for_network(verifiers.make(Secret("80412"), erin.uuid), erin.uuid, network.key())
    directory.set_pin(erin, Secret("91523"), actor="erin", now=NOW)
    said = {"sealed": sealed, "changed_at": None, "must_change": False}
    network.say("super_setting", f"{erin.uuid}:pin", said, stamp=5)
    erin.refresh_from_db()
    assert verifiers.matches(Secret("91523"), erin.pin_verifier, erin.uuid)


@pytest.mark.proves("RO-13")
def test_failed_attempts_are_summed_and_lock_here(erin: Account) -> None:
    phone = factories.phone("SEP1")
    for _ in range(2):
        mobility.log_in(LogIn(phone.name, "erin", Secret("00000")), ON_PHONE, NOW)
    network.let_effects_happen()
    said = network.own("super_setting", f"{erin.uuid}:failures")
    assert said is not None
    assert said["count"] == 2
    network.say("super_setting", f"{erin.uuid}:failures", {"count": 3, "at": "x"}, stamp=network.LATER)
    erin.refresh_from_db()
    assert erin.locked_until is not None
    lock = network.own("super_setting", f"{erin.uuid}:lock")
    assert lock is not None
    assert lock["until"] == erin.locked_until.isoformat()


def test_a_lock_out_elsewhere_is_one_here_and_so_is_its_end(erin: Account) -> None:
    until = (NOW + timedelta(minutes=30)).isoformat()
    network.say("super_setting", f"{erin.uuid}:lock", {"until": until}, stamp=network.LATER)
    erin.refresh_from_db()
    assert erin.locked_until == NOW + timedelta(minutes=30)
    network.say("super_setting", f"{erin.uuid}:cleared", {"at": "x"}, stamp=network.LATER + 1)
    erin.refresh_from_db()
    assert erin.locked_until is None


def test_a_lock_out_and_its_end_outlive_the_cluster_that_said_them(erin: Account) -> None:
    until = (NOW + timedelta(minutes=30)).isoformat()
    network.say("super_setting", f"{erin.uuid}:lock", {"until": until}, stamp=network.LATER)
    members = Cluster.objects.filter(origin=network.HQ)
    members.update(is_member=False)
    away.adopt(erin, NOW)
    erin.refresh_from_db()
    assert erin.locked_until == NOW + timedelta(minutes=30)
    assert network.own("super_setting", f"{erin.uuid}:lock") == {"until": until, "since": network.LATER}
    members.update(is_member=True)
    network.say("super_setting", f"{erin.uuid}:cleared", {"at": "x"}, stamp=network.LATER + 1)
    members.update(is_member=False)
    away.adopt(erin, NOW)
    erin.refresh_from_db()
    assert erin.locked_until is None


def test_do_not_disturb_that_was_set_elsewhere_is_set_here(erin: Account) -> None:
    profile = erin.controlled_profiles.get().profile
    key = f"{erin.uuid}:profile:{profile.uuid}"
    network.say("super_setting", key, {"dnd_enabled": True}, stamp=network.LATER)
    profile.refresh_from_db()
    assert profile.dnd_enabled


def test_a_language_of_ones_own_goes_to_the_others_at_once(erin: Account) -> None:
    own_changes.set_language(erin, "ko", ON_PHONE, NOW)
    network.let_effects_happen()
    said = network.own("super_user", str(erin.uuid))
    assert said is not None
    assert said["fields"]["user_locale"] == "ko"


def line_of(erin: Account) -> Line:
    return Line.objects.get(profile=erin.controlled_profiles.get().profile)


def forwards_key(erin: Account) -> str:
    return f"{erin.uuid}:forwards:{erin.controlled_profiles.get().profile.uuid}"


@pytest.mark.proves("RO-13")
def test_do_not_disturb_and_forwarding_that_are_set_here_are_told(erin: Account) -> None:
    line = line_of(erin)
    mobility.set_do_not_disturb(line.profile_id, True, ON_PHONE, NOW)
    target = factories.number("1006")
    line.css = factories.calling_search_space()
    CallingSearchSpaceMember.objects.create(css=line.css, partition=target.partition, position=1)
    line.save()
    assert not isinstance(
        forwarding.set_forwarding(line=line, destination="1006", author=Author("erin", "phone"), now=NOW),
        forwarding.Objection,
    )
    network.let_effects_happen()
    dnd = network.own("super_setting", f"{erin.uuid}:profile:{line.profile.uuid}")
    assert dnd == {"dnd_enabled": True}
    told = network.own("super_setting", forwards_key(erin))
    assert told is not None
    assert [(row["number"], row["kind"], row["destination"]) for row in told["forwards"]] == [("1005", "all", "1006")]


@pytest.mark.proves("RO-13")
def test_forwarding_that_was_set_elsewhere_stands_here_and_what_it_lacks_reaches_nothing(erin: Account) -> None:
    row = {
        "number": "1005", "kind": "unregistered", "destination": "2001", "seconds": 12, "activated": False,
        "css": "Not here", "activating_line_css": "", "activating_device_css": "",
    }  # fmt: skip
    network.say("super_setting", forwards_key(erin), {"forwards": [row]}, stamp=network.LATER)
    forward = Forward.objects.get(line=line_of(erin))
    assert (forward.kind, forward.destination) == ("unregistered", "2001")
    assert forward.css is not None
    assert not CallingSearchSpaceMember.objects.filter(css=forward.css).exists()
    network.let_effects_happen(NOW + timedelta(minutes=1))
    assert network.own("super_setting", forwards_key(erin)) is None  # it is not this cluster's to say
    network.say("super_setting", forwards_key(erin), {"forwards": [row | {"kind": "x"}]}, stamp=network.LATER + 1)
    assert Forward.objects.filter(line=line_of(erin)).count() == 1


@pytest.mark.proves("RO-11")
def test_the_tool_reports_for_each_cluster_what_was_added_and_what_is_lacking(erin: Account) -> None:
    network.say("super_names", "names", {"partition": ["Internal"], "phone model": ["Cisco 8851"]}, stamp=3)
    (before,) = syncing.dry_run()
    assert (before.cluster.name, [each.outcome for each in before.outcomes]) == ("HQ", ["added"])
    syncing.synchronise("admin", NOW)
    (waiting,) = syncing.report()
    assert [each.outcome for each in waiting.outcomes] == ["waiting"]
    digest = composing.digest_of(Account.objects.get(pk=erin.pk))
    answer = {"home": clusters.own_origin(), "user_id": "erin", "digest": digest, "outcome": "added",
              "lacks": ["service Weather"], "failure": ""}  # fmt: skip
    network.say("super_report", str(erin.uuid), answer, stamp=network.LATER)
    (done,) = syncing.report()
    assert [(each.outcome, each.lacks) for each in done.outcomes] == [("added", ("service Weather",))]


def test_a_schedule_runs_and_plans_the_next(erin: Account) -> None:
    syncing.set_schedule(30, "admin", NOW)
    assert factories.Account is not None
    from roamline.rooms.ledger import service as ledger

    assert ledger.fire_due_deadlines(NOW + timedelta(minutes=31)) == 1
    assert syncing.SyncRun.objects.get().actor == "schedule"
    assert ledger.is_scheduled("roaming.sync", "site")


@pytest.mark.proves("RO-12")
def test_explain_says_whose_user_a_stranger_is(erin: Account) -> None:
    network.say("user", "bob", {}, stamp=3)
    phone = factories.phone("SEP1")
    findings = mobility.explain("bob", phone.name, NOW).findings
    assert "user of HQ, not a super user" in [finding.reason for finding in findings]


def test_calls_are_forwarded_to_another_clusters_number_by_whoever_may_call_at_all(erin: Account) -> None:
    network.say("number", "3906", {}, stamp=1)
    line = Line.objects.get(directory_number__pattern="1005")
    author = Author("erin", "self-care")

    def forward(number: str) -> object:
        return forwarding.set_forwarding(line=line, destination=number, author=author, now=NOW)

    assert forward("3906") is forwarding.Objection.UNREACHED
    line.css = CallingSearchSpace.objects.create(name="Inside")
    line.save()
    CallingSearchSpaceMember.objects.create(css=line.css, partition=Partition.objects.first(), position=1)
    assert isinstance(forward("3906"), forwarding.ForwardSet)
    assert forward("3907") is forwarding.Objection.UNREACHED
