from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.authentication import recently_right
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import EXPIRY, By, ChooseProfile, LoggedIn, LogIn, Way
from roamline.rooms.parameters.rules import (
    ALLOWED,
    AUTO_LOGOUT,
    MAXIMUM_CONCURRENT_REQUESTS,
    MAXIMUM_LOGIN_TIME,
    MULTIPLE_LOGIN_BEHAVIOR,
)
from roamline.rooms.phones.models import DeviceProfile, Phone
from roamline.rooms.phones.secrets import ha1_of
from tests.support import factories
from tests.support.factories import NOW, PIN, set_parameter

pytestmark = pytest.mark.django_db

LOBBY, FLOOR = "SEP0011AA220001", "SEP0011AA220002"
ON_PHONE = By("alice", Way.PHONE, "192.0.2.7")


@pytest.fixture(autouse=True)
def site() -> None:
    """Alice with one profile, two phones; nobody is remembered."""
    recently_right.forget_all()
    factories.user("alice", primary_extension=factories.number("1001"), self_service_id="70001")
    for name in (LOBBY, FLOOR):
        factories.phone(name)


def attempt(device: str = LOBBY, identifier: str = "alice", pin: str | None = PIN, **more: object) -> object:
    may_choose = bool(more.pop("may_choose", False))
    by = more.pop("by", ON_PHONE)
    request = LogIn(device, identifier, Secret(pin) if pin is not None else None, **more)  # type: ignore[arg-type]
    return mobility.log_in(request, by, NOW, may_choose=may_choose)  # type: ignore[arg-type]


def refused(**more: object) -> int:
    outcome = attempt(**more)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), outcome
    return outcome.error.number


def phone(name: str = LOBBY) -> Phone:
    return Phone.objects.select_related("current_profile", "own_profile").get(name=name)


def test_a_log_in_makes_the_phone_the_users() -> None:
    before = phone()
    outcome = attempt()
    assert isinstance(outcome, LoggedIn)
    assert (outcome.device, outcome.user_id, outcome.profile) == (LOBBY, "alice", "EM_alice")
    after = phone()
    assert after.current_profile.name == "EM_alice"
    assert after.configuration_version == before.configuration_version + 1
    assert after.ha1 == ha1_of(LOBBY, after.configuration_version) != before.ha1
    session = LoginSession.objects.get()
    assert (session.uuid, session.phone, session.started_at, session.way) == (outcome.session, after, NOW, "phone")
    assert (session.ended_at, session.expires_at, session.confirmation) == (None, None, "waiting")


def test_the_phone_is_told_to_load_its_new_configuration_at_that_version() -> None:
    attempt()
    effect = Effect.objects.get()
    assert (effect.subject, effect.version) == (LOBBY, phone().configuration_version)
    assert effect.payload == {"action": "restart"}


@pytest.mark.proves("EM-46")
def test_a_log_in_is_in_the_audit() -> None:
    attempt()
    entry = AuditEntry.objects.get(action="em.login")
    assert (entry.actor, entry.user_id, entry.device, entry.subject) == ("alice", "alice", LOBBY, "EM_alice")
    assert (entry.way, entry.source, entry.result, entry.succeeded) == ("phone", "192.0.2.7", 0, True)


def test_nobody_elses_settings_are_touched() -> None:
    before = Phone.objects.filter(name=FLOOR).values().get()
    attempt()
    assert Phone.objects.filter(name=FLOOR).values().get() == before


@pytest.mark.parametrize(("login_type", "identifier"), [("UID", "alice"), ("SP", "70001"), ("DN", "1001")])
def test_a_user_logs_in_by_user_id_self_service_id_or_extension(login_type: str, identifier: str) -> None:
    outcome = attempt(identifier=identifier, login_type=login_type)
    assert isinstance(outcome, LoggedIn)
    assert outcome.user_id == "alice"


def test_an_id_is_not_good_for_another_login_type() -> None:
    assert refused(identifier="70001") == 201
    assert refused(identifier="alice", login_type="SP") == 201
    assert refused(identifier="ALICE") == 201


@pytest.mark.proves("EM-46")
@pytest.mark.parametrize(
    ("number", "reason", "attempted"),
    [
        (215, "loginType", {"login_type": "XX"}),
        (207, "no device", {"device": ""}),
        (11, "no phone", {"device": "SEP000000000000"}),
        (22, "not enabled", {"device": "SEP0011AA220004"}),
        (202, "empty", {"pin": ""}),
        (202, "empty", {"identifier": ""}),
        (201, "wrong PIN", {"pin": "99999"}),
        (201, "unknown user", {"identifier": "nobody"}),
        (201, "locked", {"identifier": "locked"}),
        (201, "inactive", {"identifier": "gone"}),
        (216, "several users", {"identifier": "1999", "login_type": "DN"}),
        (41, "must be changed", {"identifier": "erin"}),
        (205, "no device profile", {"identifier": "dana"}),
        (12, "not the user's", {"profile": "EM_bob"}),
    ],
)
def test_a_refused_attempt_is_in_the_audit_with_its_true_reason(
    number: int, reason: str, attempted: dict[str, str]
) -> None:
    factories.phone("SEP0011AA220004", em_enabled=False)
    factories.user("bob", primary_extension=factories.number("1999"))
    factories.user("dana", profiles=(), primary_extension=factories.number("1999"))
    for user_id, changes in {
        "locked": {"locked_until": NOW + timedelta(minutes=1)},
        "gone": {"is_active": False},
        "erin": {"pin_must_change": True},
    }.items():
        factories.user(user_id)
        Account.objects.filter(user_id=user_id).update(**changes)
    assert refused(**attempted) == number
    entry = AuditEntry.objects.get(action="em.login")
    assert (entry.result, entry.succeeded) == (number, False)
    assert reason in entry.reason
    assert (entry.device, entry.user_id) == (attempted.get("device", LOBBY), attempted.get("identifier", "alice"))
    assert not LoginSession.objects.exists()
    assert phone().configuration_version == 1
    assert not Effect.objects.exists()


def test_a_taken_phone_is_refused_to_everybody_else() -> None:
    factories.user("bob")
    attempt()
    assert refused(identifier="bob") == 18
    assert refused() == 18


def test_a_second_log_in_is_refused_by_default_and_the_first_stands() -> None:
    attempt()
    assert refused(device=FLOOR) == 25
    assert LOBBY in AuditEntry.objects.filter(result=25).get().reason
    assert [s.phone.name for s in LoginSession.objects.filter(ended_at=None)] == [LOBBY]
    assert phone(FLOOR).configuration_version == 1


def test_both_log_ins_stand_where_multiple_log_ins_are_allowed() -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    attempt()
    assert isinstance(attempt(device=FLOOR), LoggedIn)
    assert LoginSession.objects.filter(ended_at=None).count() == 2


def test_auto_logout_ends_the_first_log_in() -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, AUTO_LOGOUT)
    attempt()
    assert isinstance(attempt(device=FLOOR), LoggedIn)
    ended = LoginSession.objects.get(phone__name=LOBBY)
    assert (ended.ended_at, ended.ended_way) == (NOW, "another log-in")
    assert phone().current_profile == phone().own_profile
    assert phone().ha1 == ha1_of(LOBBY, phone().configuration_version)
    assert phone(FLOOR).current_profile.name == "EM_alice"
    assert {effect.subject for effect in Effect.objects.all()} == {LOBBY, FLOOR}
    assert AuditEntry.objects.get(action="em.logout").way == "another log-in"


def test_a_refused_log_in_under_auto_logout_ends_nothing() -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, AUTO_LOGOUT)
    factories.user("bob")
    attempt()
    attempt(device=FLOOR, identifier="bob")
    assert refused(device=FLOOR) == 18
    assert LoginSession.objects.filter(ended_at=None).count() == 2


def test_a_user_with_several_profiles_is_asked_on_a_phone() -> None:
    factories.user("chen", profiles=("EM_chen_desk", "EM_chen_lab"))
    asked = attempt(identifier="chen", may_choose=True)
    assert asked == ChooseProfile("chen", ("EM_chen_desk", "EM_chen_lab"))
    assert not LoginSession.objects.exists()
    chosen = attempt(identifier="chen", may_choose=True, profile="EM_chen_lab")
    assert isinstance(chosen, LoggedIn)
    assert chosen.profile == "EM_chen_lab"


def test_over_an_api_the_default_profile_is_taken() -> None:
    factories.user("chen", profiles=("EM_chen_desk", "EM_chen_lab"))
    outcome = attempt(identifier="chen", pin=None, by=By("emproxy", Way.EM_API))
    assert isinstance(outcome, LoggedIn)
    assert outcome.profile == "EM_chen_desk"


def test_only_a_program_learns_that_a_user_does_not_exist() -> None:
    assert refused(identifier="nobody", pin=None, by=By("emproxy", Way.EM_API)) == 23
    assert refused(identifier="nobody", pin=None) == 201
    assert refused(identifier="nobody") == 201


@pytest.mark.proves("EM-31")
@pytest.mark.parametrize(
    ("of_phone", "of_profile", "of_user", "told"),
    [
        ("", "", "", "restart"),
        ("", "en", "", "restart"),
        ("", "zh", "", "reset"),
        ("zh", "", "", "restart"),
        ("zh", "zh", "ko", "restart"),
        ("zh", "en", "", "reset"),
        ("", "", "ko", "reset"),
    ],
)
def test_a_phone_is_reset_when_its_language_changes_and_restarted_when_not(
    of_phone: str, of_profile: str, of_user: str, told: str
) -> None:
    here = phone()
    here.own_profile.user_locale = of_phone
    here.own_profile.save()
    factories.profile("EM_chen", locale=of_profile)
    factories.user("chen", user_locale=of_user)
    outcome = attempt(identifier="chen")
    assert isinstance(outcome, LoggedIn)
    assert (outcome.restart_kind, LoginSession.objects.get().restart_kind) == (told, told)
    assert Effect.objects.get().payload == {"action": told}
    back = mobility.log_out(LOBBY, ON_PHONE, NOW)
    assert back.restart_kind == told  # type: ignore[union-attr]


@pytest.mark.proves("EM-31")
@pytest.mark.parametrize(
    ("of_phone", "of_profile", "told"),
    [
        (("", 0), ("", 0), "restart"),
        (("BEKEM", 1), ("BEKEM", 1), "restart"),
        (("", 0), ("BEKEM", 1), "reset"),
        (("BEKEM", 1), ("BEKEM", 2), "reset"),
        (("BEKEM", 1), ("CP-8800-Audio", 1), "reset"),
    ],
)
def test_a_phone_is_reset_when_the_profiles_expansion_modules_are_not_its_own(
    of_phone: tuple[str, int], of_profile: tuple[str, int], told: str
) -> None:
    profiles = (phone().own_profile, DeviceProfile.objects.get(name="EM_alice"))
    for profile, (kind, count) in zip(profiles, (of_phone, of_profile), strict=True):
        profile.expansion_module, profile.expansion_modules = kind, count
        profile.save()
    outcome = attempt()
    assert isinstance(outcome, LoggedIn)
    assert (outcome.restart_kind, LoginSession.objects.get().restart_kind) == (told, told)
    assert Effect.objects.get().payload == {"action": told}
    back = mobility.log_out(LOBBY, ON_PHONE, NOW)
    assert back.restart_kind == told  # type: ignore[union-attr]


def test_without_a_maximum_login_time_a_log_in_has_no_end() -> None:
    attempt()
    assert not Deadline.objects.exists()


@pytest.mark.parametrize(
    ("asked", "hours"),
    [({}, 8.0), ({"duration": timedelta(minutes=90)}, 1.5), ({"indefinite": True}, None)],
)
def test_a_log_in_ends_after_the_maximum_login_time_unless_another_was_asked_for(
    asked: dict[str, object], hours: float | None
) -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "8:00")
    outcome = attempt(pin=None, by=By("emproxy", Way.EM_API), **asked)
    assert isinstance(outcome, LoggedIn)
    expected = NOW + timedelta(hours=hours) if hours else None
    assert outcome.expires_at == LoginSession.objects.get().expires_at == expected
    assert [(d.kind, d.due_at) for d in Deadline.objects.all()] == ([(EXPIRY, expected)] if expected else [])


def test_a_changed_maximum_login_time_is_for_new_log_ins_only() -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "8:00")
    attempt()
    set_parameter(MAXIMUM_LOGIN_TIME, "1:00")
    assert LoginSession.objects.get().expires_at == NOW + timedelta(hours=8)


@pytest.mark.proves("EM-24")
def test_one_more_than_the_maximum_is_refused_at_once_with_26() -> None:
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "1")
    with mobility.requests_in_progress().enter(1):
        assert refused() == 26
        assert mobility.log_out(LOBBY, ON_PHONE, NOW) == Refused(Error.BUSY, "Maximum Concurrent Requests is reached")
        assert refused(device="") == 207
        assert refused(login_type="XX") == 215
    assert isinstance(attempt(), LoggedIn)
    assert AuditEntry.objects.filter(result=26).count() == 2


def test_a_pin_sealed_with_a_key_that_is_not_there_gives_204() -> None:
    Account.objects.update(pin_verifier="v1$kunknown$AAAAAAAAAAAAAAAA$AAAA")
    assert refused() == 204
    assert "key" in AuditEntry.objects.get(result=204).reason


def test_database_trouble_is_error_6_and_changes_nothing() -> None:
    before = phone().configuration_version
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mobility_loginsession RENAME TO away")
    with transaction.atomic():
        outcome = attempt()
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO mobility_loginsession")
    assert isinstance(outcome, Refused)
    assert outcome.error is Error.DATABASE_ERROR
    assert phone().configuration_version == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_active": False}, "inactive"),
        ({"locked_until": NOW + timedelta(minutes=1)}, "locked"),
        ({"pin_verifier": "v1$k$another$verifier"}, "changed"),
    ],
)
def test_what_happens_to_an_account_while_its_pin_is_hashed_counts(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], reason: str
) -> None:
    real = verifiers.matches_in_turn

    def meanwhile(*asked: object) -> bool:
        right = real(*asked)  # type: ignore[arg-type]
        Account.objects.filter(user_id="alice").update(**changes)
        return right

    monkeypatch.setattr(verifiers, "matches_in_turn", meanwhile)
    assert refused() == 201
    assert reason in AuditEntry.objects.latest("id").reason


def test_a_wrong_pin_is_counted_together_with_its_audit_entry() -> None:
    for _ in range(5):
        assert refused(pin="99999") == 201
    assert refused() == 201
    assert [entry.reason for entry in AuditEntry.objects.filter(result=201).order_by("id")] == ["wrong PIN"] * 5 + [
        "locked"
    ]


def test_no_pin_and_no_secret_is_left_behind_in_the_database() -> None:
    attempt()
    refused(device=FLOOR, pin="73519")
    kept = [str(list(model.objects.values())) for model in (AuditEntry, Deadline, Effect, LoginSession, Account)]
    assert all(secret not in text for text in kept for secret in (f"'{PIN}'", "73519"))


def test_the_requests_in_progress_live_below_the_run_folder(settings: object) -> None:
    slots = mobility.requests_in_progress()
    assert isinstance(slots._path, Path)
    assert slots.in_use(5) == 0


def test_a_deadline_of_a_phone_that_is_gone_ends_quietly() -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "1:00")
    attempt()
    LoginSession.objects.all().delete()
    assert ledger.fire_due_deadlines(NOW + timedelta(hours=1)) == 1
    assert not Deadline.objects.exists()
