from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.kernel.outcome import Refused
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LoggedOut, LogIn, Way
from roamline.rooms.parameters.rules import ALLOWED, MAXIMUM_LOGIN_TIME, MULTIPLE_LOGIN_BEHAVIOR
from roamline.rooms.phones.models import Phone
from roamline.rooms.phones.secrets import PREVIOUS_IS_GOOD_FOR, ha1_of
from tests.support import factories
from tests.support.factories import NOW, set_parameter

pytestmark = pytest.mark.django_db

LOBBY, FLOOR = "SEP0011AA220001", "SEP0011AA220002"
ON_PHONE = By("", Way.PHONE, "192.0.2.7")
LATER = NOW + timedelta(hours=8)


@pytest.fixture(autouse=True)
def site() -> None:
    """Alice and bob with a profile each, two phones."""
    factories.user("alice", pin=None)
    factories.user("bob", pin=None)
    for name in (LOBBY, FLOOR):
        factories.phone(name)


def log_in(device: str = LOBBY, user_id: str = "alice") -> LoggedIn:
    outcome = mobility.log_in(LogIn(device, user_id, None), By("emproxy", Way.EM_API), NOW)
    assert isinstance(outcome, LoggedIn), outcome
    return outcome


def phone(name: str = LOBBY) -> Phone:
    return Phone.objects.get(name=name)


def refused(device: str, **more: object) -> int:
    outcome = mobility.log_out(device, ON_PHONE, LATER, **more)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused)
    return outcome.error.number


def test_a_log_out_gives_the_phone_back_to_itself() -> None:
    session = log_in().session
    assert mobility.log_out(LOBBY, ON_PHONE, LATER) == LoggedOut(LOBBY, "alice", "restart")
    assert phone().current_profile_id == phone().own_profile_id
    assert phone().configuration_version == 3
    assert phone().ha1 == ha1_of(LOBBY, 3)
    ended = LoginSession.objects.get()
    assert (ended.uuid, ended.ended_at, ended.ended_way) == (session, LATER, "phone")
    assert Effect.objects.get().version == 3
    entry = AuditEntry.objects.get(action="em.logout")
    assert (entry.user_id, entry.device, entry.way, entry.source) == ("alice", LOBBY, "phone", "192.0.2.7")


def test_a_named_logout_profile_replaces_the_phones_own_settings() -> None:
    named = factories.profile("Lobby_when_free")
    Phone.objects.filter(name=LOBBY).update(logout_profile=named)
    log_in()
    mobility.log_out(LOBBY, ON_PHONE, LATER)
    assert phone().current_profile == named


@pytest.mark.parametrize(("device", "number"), [("", 207), ("SEP0", 11), (LOBBY, 19), ("SEP0011AA220004", 5)])
def test_where_nobody_can_be_logged_out_the_number_says_why(device: str, number: int) -> None:
    factories.phone("SEP0011AA220004", em_enabled=False)
    assert refused(device) == number
    entry = AuditEntry.objects.get(action="em.logout")
    assert (entry.result, entry.succeeded, entry.device) == (number, False, device)
    assert entry.reason


def test_a_phone_that_was_disabled_meanwhile_can_still_be_logged_out() -> None:
    log_in()
    Phone.objects.update(em_enabled=False)
    assert isinstance(mobility.log_out(LOBBY, ON_PHONE, LATER), LoggedOut)


def test_a_user_who_acts_for_themselves_logs_nobody_else_out() -> None:
    log_in()
    assert refused(LOBBY, only="bob") == 10
    assert isinstance(mobility.log_out(LOBBY, ON_PHONE, LATER, only="alice"), LoggedOut)


@pytest.mark.proves("EM-45")
def test_a_log_in_ends_at_its_time_once_and_also_when_every_node_was_down_meanwhile() -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "8:00")
    log_in()
    assert ledger.fire_due_deadlines(LATER - timedelta(seconds=1)) == 0
    assert ledger.fire_due_deadlines(LATER + timedelta(days=2)) == 1
    ledger.perform_due_effects(LATER + timedelta(days=2))
    ended = LoginSession.objects.get()
    assert (ended.ended_way, ended.ended_at) == ("maximum login time", LATER + timedelta(days=2))
    assert phone().current_profile_id == phone().own_profile_id
    assert AuditEntry.objects.get(action="em.logout").way == "maximum login time"
    assert ledger.fire_due_deadlines(LATER + timedelta(days=3)) == 0


def test_a_log_out_takes_the_deadline_with_it_and_the_next_log_in_has_its_own() -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "8:00")
    log_in()
    mobility.log_out(LOBBY, ON_PHONE, NOW + timedelta(hours=1))
    assert not Deadline.objects.exists()
    second = log_in().session
    assert [d.subject for d in Deadline.objects.all()] == [str(second)]


def test_the_time_of_an_ended_session_never_logs_out_the_next_user() -> None:
    first = log_in().session
    mobility.log_out(LOBBY, ON_PHONE, NOW)
    log_in(LOBBY, "bob")
    ledger.schedule(mobility.EXPIRY, str(first), NOW)
    ledger.fire_due_deadlines(NOW)
    assert mobility.users_on([LOBBY])[LOBBY.lower()].user_id == "bob"


def test_everybody_can_be_logged_out_at_once() -> None:
    log_in()
    log_in(FLOOR, "bob")
    assert mobility.log_out_all(By("admin", Way.ADMINISTRATOR), LATER) == 2
    assert not LoginSession.objects.filter(ended_at=None).exists()
    assert mobility.log_out_all(By("admin", Way.ADMINISTRATOR), LATER) == 0


def test_a_user_can_be_logged_out_everywhere() -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    log_in()
    log_in(FLOOR)
    assert mobility.log_out_user("alice", By("admin", Way.ADMINISTRATOR), LATER) == 2
    assert mobility.log_out_user("nobody", By("admin", Way.ADMINISTRATOR), LATER) == 0


def test_who_is_where_can_be_asked() -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    log_in(LOBBY, "bob")
    mobility.log_out(LOBBY, ON_PHONE, NOW)
    log_in()
    log_in(FLOOR)
    on = mobility.users_on([LOBBY.lower(), FLOOR, "SEP0"])
    assert {key: (who.user_id, who.last_user_id) for key, who in on.items()} == {
        LOBBY.lower(): ("alice", "bob"),
        FLOOR.lower(): ("alice", None),
    }
    assert mobility.devices_of(["alice", "bob", "nobody"]) == {"alice": (LOBBY, FLOOR), "bob": ()}
    assert mobility.profiles_of_users(["alice", "nobody"]) == {"alice": (("EM_alice", True),)}


def registered(version: int, device: str = LOBBY) -> bool:
    return mobility.phone_registered(device=device, version=version, now=LATER)


def test_a_session_is_confirmed_when_the_phone_registers_with_its_new_secret() -> None:
    log_in()
    assert not registered(1)
    assert LoginSession.objects.get().confirmation == "waiting"
    assert registered(2)
    session = LoginSession.objects.get()
    assert (session.confirmation, session.confirmed_at) == ("confirmed", LATER)
    assert not registered(2)
    assert not registered(3)
    assert not registered(2, "SEP0")


def test_the_previous_secret_is_kept_until_the_new_one_is_confirmed() -> None:
    registered(1)
    log_in()
    assert phone().previous_ha1 == ha1_of(LOBBY, 1)
    assert phone().previous_until == int(NOW.timestamp()) + PREVIOUS_IS_GOOD_FOR
    registered(2)
    assert (phone().previous_ha1, phone().previous_until) == ("", 0)


def test_a_phone_that_never_took_its_newest_secret_keeps_the_one_it_really_runs() -> None:
    log_in()
    registered(2)
    mobility.log_out(LOBBY, ON_PHONE, NOW)
    log_in(LOBBY, "bob")
    assert phone().configuration_version == 4
    assert phone().previous_ha1 == ha1_of(LOBBY, 2)


def test_after_a_quarter_of_an_hour_an_unconfirmed_previous_secret_is_not_kept_any_longer() -> None:
    log_in()
    mobility.log_out(LOBBY, ON_PHONE, NOW + timedelta(seconds=PREVIOUS_IS_GOOD_FOR))
    assert phone().previous_ha1 == ha1_of(LOBBY, 2)
