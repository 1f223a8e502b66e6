"""Each parameter at the door: what its default does, and what each other value does (EM-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.platform import metrics
from roamline.rooms.directory.models import Account, UserProfile
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service.sources import good_addresses
from roamline.rooms.parameters.rules import (
    ALLOW_PROXY,
    ALLOWED,
    ALPHANUMERIC_USER_ID,
    AUTHENTICATION_CACHE,
    AUTO_LOGOUT,
    CACHE_SIZE,
    CLEAR_CALL_LOGS,
    ENFORCE_MAXIMUM_LOGIN_TIME,
    INVALIDATE_ON_CHANGE,
    MAXIMUM_CONCURRENT_REQUESTS,
    MAXIMUM_LOGIN_TIME,
    MULTIPLE_LOGIN_BEHAVIOR,
    PROFILE_SYNCHRONIZATION,
    REMEMBER_LAST_USER,
    TRUSTED_BALANCERS,
    TRUSTED_IPS,
    VALIDATE_IP,
)
from roamline.rooms.phones import addresses
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile, Phone
from roamline.wires.phone_xml import Input, InputKind
from tests.doors.policies.scene import FLOOR, LOBBY, Scene, now, who_is_on
from tests.support import factories
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db

IN, TAKEN, ELSEWHERE = "Login successful", "Login is unavailable(18)", "Multi-Login Not Allowed (25)"
OTHER_PIN = "31415"


def form(scene: Scene, **query: str) -> Input:
    shown = scene.open(**query)
    assert isinstance(shown, Input)
    return shown


def lasts() -> timedelta | None:
    session = LoginSession.objects.get(ended_at=None)
    return session.expires_at - session.started_at if session.expires_at else None


@pytest.mark.shows("Enforce Intra-cluster Maximum Login Time", "False", "True")
def test_without_enforcement_a_log_in_has_no_end_and_with_it_eight_hours(scene: Scene) -> None:
    assert IN in scene.log_in()
    assert lasts() is None
    scene.log_out()
    scene.set(ENFORCE_MAXIMUM_LOGIN_TIME, "True")
    assert IN in scene.log_in()
    assert lasts() == timedelta(hours=8)


@pytest.mark.proves("EM-23")
@pytest.mark.shows("Intra-cluster Maximum Login Time", "0:00", ":30", "168:00")
@pytest.mark.parametrize(("value", "expected"), [("0:00", None), (":30", 0.5), ("168:00", 168), ("8:05", 8 + 5 / 60)])
def test_a_log_in_ends_after_the_maximum_login_time(scene: Scene, value: str, expected: float | None) -> None:
    scene.set(MAXIMUM_LOGIN_TIME, value)
    assert IN in scene.log_in()
    assert lasts() == (timedelta(hours=expected) if expected else None)


@pytest.mark.proves("EM-23")
@pytest.mark.parametrize("is_enforced", [False, True])
def test_a_users_own_time_holds_where_the_profile_allows_it_enforced_or_not(scene: Scene, is_enforced: bool) -> None:
    if is_enforced:
        scene.set(MAXIMUM_LOGIN_TIME, "1:00")
    profile = UserProfile.objects.create(name="Travellers", allow_own_login_time=True)
    Account.objects.filter(user_id="alice").update(user_profile=profile, own_login_minutes=150)
    scene.log_in()
    assert lasts() == timedelta(minutes=150)
    scene.log_out()
    UserProfile.objects.update(allow_own_login_time=False)
    scene.log_in()
    assert lasts() == (timedelta(hours=1) if is_enforced else None)


@pytest.mark.shows("Multiple Login Behavior", "Multiple Logins Not Allowed")
def test_a_second_log_in_is_refused(scene: Scene) -> None:
    scene.log_in()
    assert ELSEWHERE in scene.log_in(device=FLOOR)
    assert (who_is_on(LOBBY), who_is_on(FLOOR)) == ("alice", None)


@pytest.mark.shows("Multiple Login Behavior", "Multiple Logins Allowed")
def test_two_log_ins_stand(scene: Scene) -> None:
    scene.set(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    scene.log_in()
    assert IN in scene.log_in(device=FLOOR)
    assert (who_is_on(LOBBY), who_is_on(FLOOR)) == ("alice", "alice")


@pytest.mark.shows("Multiple Login Behavior", "Auto Logout")
def test_a_second_log_in_ends_the_first(scene: Scene) -> None:
    scene.set(MULTIPLE_LOGIN_BEHAVIOR, AUTO_LOGOUT)
    scene.log_in()
    assert IN in scene.log_in(device=FLOOR)
    assert (who_is_on(LOBBY), who_is_on(FLOOR)) == (None, "alice")


@pytest.mark.proves("EM-24")
@pytest.mark.shows("Maximum Concurrent Requests", "5", "1")
@pytest.mark.parametrize(("value", "taken"), [("5", 5), ("1", 1)])
def test_one_more_than_the_maximum_is_refused_and_counted_for_every_worker(
    scene: Scene, value: str, taken: int
) -> None:
    scene.set(MAXIMUM_CONCURRENT_REQUESTS, value)
    before = mobility.requests_throttled().value()
    slots = [mobility.requests_in_progress().enter(taken) for _ in range(taken)]
    assert all(slot.__enter__() for slot in slots)
    try:
        assert "unavailable(26)" in scene.log_in()
        assert "unavailable(26)" in scene.log_out()
        read = metrics.registry.get_sample_value
        assert read("roamline_em_requests_in_progress") == taken
        assert read("roamline_em_requests_throttled_total") == before + 2
    finally:
        for slot in slots:
            slot.__exit__(None, None, None)
    assert IN in scene.log_in()


@pytest.mark.proves("EM-25")
@pytest.mark.shows("Alphanumeric User ID", "True", "False")
def test_user_ids_are_of_any_characters_or_of_digits_only(scene: Scene) -> None:
    assert form(scene).items[0].kind is InputKind.ASCII
    assert IN in scene.log_in("alice")
    scene.log_out()
    scene.set(ALPHANUMERIC_USER_ID, "False")
    assert form(scene).items[0].kind is InputKind.NUMERIC
    assert "(201)" in scene.log_in("alice")
    assert IN in scene.log_in("70421")


@pytest.mark.proves("EM-25")
@pytest.mark.parametrize("typed", ["ALICE", "Alice", "alicE"])
def test_upper_case_is_another_id(scene: Scene, typed: str) -> None:
    assert "(201)" in scene.log_in(typed)


@pytest.mark.proves("EM-26")
@pytest.mark.shows("Remember the Last User Logged In", "False", "True")
def test_the_last_user_is_filled_in_for_the_default_url_and_uid_only(scene: Scene) -> None:
    scene.log_in()
    scene.log_out()
    assert form(scene).items[0].default == ""
    scene.set(REMEMBER_LAST_USER, "True")
    assert form(scene).items[0].default == "alice"
    assert form(scene, loginType="UID").items[0].default == "alice"
    assert [form(scene, loginType=kind).items[0].default for kind in ("SP", "DN")] == ["", ""]


def history_of(device: str = LOBBY) -> bool:
    phone = Phone.objects.get(name=device)
    return phone.history_version == phone.configuration_version


@pytest.mark.proves("EM-27")
@pytest.mark.shows("Clear Call Logs on Intra-cluster EM", "False", "True")
def test_a_log_in_and_a_log_out_by_hand_clear_the_call_history(scene: Scene) -> None:
    scene.log_in()
    scene.log_out()
    assert not history_of()
    scene.set(CLEAR_CALL_LOGS, "True")
    scene.log_in()
    assert history_of()
    scene.log_out()
    assert history_of()


@pytest.mark.proves("EM-27")
def test_nothing_else_clears_the_call_history(scene: Scene) -> None:
    scene.set(CLEAR_CALL_LOGS, "True")
    assert scene.api.login("alice") == 0
    assert not history_of()
    assert scene.api.logout() == 0
    assert not history_of()
    scene.log_in()
    mobility.log_out(LOBBY, mobility.By("root", mobility.Way.ADMINISTRATOR), now())
    assert not history_of()


@pytest.mark.proves("EM-27")
@pytest.mark.parametrize("value", ["True", "False"])
def test_who_roams_here_clears_the_call_history_as_the_parameter_says(scene: Scene, value: str) -> None:
    scene.set(CLEAR_CALL_LOGS, value)
    Account.objects.filter(user_id="alice").update(home_cluster=False)
    scene.log_in()
    assert who_is_on() == "alice"
    assert history_of() == (value == "True")
    scene.log_out()
    assert history_of() == (value == "True")


@pytest.mark.shows("Validate IP Address", "False", "True")
def test_an_address_that_nobody_knows_is_refused_while_addresses_are_validated(scene: Scene) -> None:
    assert IN in scene.log_in()
    scene.set(VALIDATE_IP, "True")
    assert "Logout is unavailable(28)" in scene.log_out()
    assert who_is_on() == "alice"
    assert "Login is unavailable(28)" in scene.log_in("bob", device=FLOOR)


def test_a_registered_phones_address_is_good_and_then_in_the_cache(scene: Scene) -> None:
    scene.set(VALIDATE_IP, "True")
    addresses.registered(FLOOR, "192.0.2.7", now())
    hits = metrics.registry.get_sample_value("roamline_em_address_cache_hits_total") or 0
    assert IN in scene.log_in()
    assert metrics.registry.get_sample_value("roamline_em_address_cache_entries") == 1
    addresses.unregistered(FLOOR, "192.0.2.7", 9)
    assert "Logout successful" in scene.log_out()
    assert metrics.registry.get_sample_value("roamline_em_address_cache_hits_total") == hits + 1
    good_addresses.forget_all()
    assert "(28)" in scene.log_in()


@pytest.mark.shows("Trusted List of IPs", "", "192.0.2.7", "localhost")
@pytest.mark.parametrize(
    ("listed", "address", "said"),
    [
        ("", "192.0.2.7", "(28)"),
        ("192.0.2.7", "192.0.2.7", IN),
        ("192.0.2.8;2001:db8::7", "2001:db8:0:0::7", IN),
        ("localhost", "127.0.0.1", IN),
        ("192.0.2.70", "192.0.2.7", "(28)"),
        ("192.0.2.7", "::ffff:192.0.2.7", IN),
    ],
)
def test_listed_addresses_and_hosts_are_good(scene: Scene, listed: str, address: str, said: str) -> None:
    scene.set(VALIDATE_IP, "True")
    scene.set(TRUSTED_IPS, listed)
    scene.address = address
    assert said in scene.log_in()


def test_an_address_taken_off_the_list_is_refused_at_once(scene: Scene) -> None:
    scene.set(VALIDATE_IP, "True")
    scene.set(TRUSTED_IPS, "192.0.2.7")
    assert IN in scene.log_in()
    scene.set(TRUSTED_IPS, "")
    assert "(28)" in scene.log_out()


@pytest.mark.shows("Allow Proxy", "False", "True")
@pytest.mark.parametrize("header", ["HTTP_VIA", "HTTP_X_FORWARDED_FOR"])
def test_a_proxy_is_refused_unless_it_is_allowed(scene: Scene, header: str) -> None:
    scene.headers = {header: "1.1 proxy" if header == "HTTP_VIA" else "198.51.100.9"}
    assert IN in scene.log_in()
    scene.log_out()
    scene.set(VALIDATE_IP, "True")
    scene.set(TRUSTED_IPS, "192.0.2.7")
    assert "Login is unavailable(30)" in scene.log_in()
    scene.set(ALLOW_PROXY, "True")
    assert IN in scene.log_in()


def test_a_proxy_is_refused_before_an_address(scene: Scene) -> None:
    scene.set(VALIDATE_IP, "True")
    scene.headers = {"HTTP_VIA": "1.1 proxy"}
    assert "(30)" in scene.log_in()


@pytest.mark.proves("EM-28")
@pytest.mark.shows("Trusted Balancers", "", "10.0.0.1")
def test_behind_a_trusted_balancer_its_client_is_looked_at(scene: Scene) -> None:
    scene.set(VALIDATE_IP, "True")
    scene.set(TRUSTED_IPS, "198.51.100.9")
    scene.address = "10.0.0.1"
    scene.headers = {"HTTP_X_FORWARDED_FOR": "198.51.100.9", "HTTP_VIA": "1.1 balancer"}
    assert "(30)" in scene.log_in()
    scene.set(TRUSTED_BALANCERS, "10.0.0.1")
    assert IN in scene.log_in()
    scene.headers = {"HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.5"}
    assert "(30)" in scene.log_out()


@pytest.mark.shows("Extension Mobility Cache Size", "10000", "1000")
def test_the_cache_drops_the_least_recently_used(scene: Scene) -> None:
    scene.set(VALIDATE_IP, "True")
    scene.set(CACHE_SIZE, "1000")
    addresses.registered(FLOOR, scene.address, now())
    for number in range(1000):
        good_addresses.remember(f"2001:db8::{number:x}", 10000)
    assert IN in scene.log_in()
    assert len(good_addresses) == 1000
    assert not good_addresses.knows("2001:db8::0", "")
    assert good_addresses.knows("2001:db8::1", "")


def change_pin_of(user_id: str, pin: str) -> None:
    Account.objects.filter(user_id=user_id).update(pin_verifier=factories.verifier_of(user_id, pin))


@pytest.mark.shows("Invalidate on Change", "True")
def test_a_changed_pin_ends_the_old_one_at_once(scene: Scene) -> None:
    scene.log_in()
    scene.log_out()
    change_pin_of("alice", OTHER_PIN)
    assert "(201)" in scene.log_in(seq=PIN)
    assert IN in scene.log_in(seq=OTHER_PIN)


@pytest.mark.proves("EM-29", "S-5")
@pytest.mark.shows("Invalidate on Change", "False")
def test_like_the_original_both_pins_work_for_two_minutes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from roamline.rooms.directory.authentication import recently_right

    clock = [1000.0]
    monkeypatch.setattr(recently_right, "_clock", lambda: clock[0])
    scene.set(INVALIDATE_ON_CHANGE, "False")
    scene.log_in()
    scene.log_out()
    change_pin_of("alice", OTHER_PIN)
    for pin in (OTHER_PIN, PIN):
        assert IN in scene.log_in(seq=pin)
        scene.log_out()
    clock[0] += 121
    assert "(201)" in scene.log_in(seq=PIN)
    assert IN in scene.log_in(seq=OTHER_PIN)


@pytest.mark.shows("Authentication Cache", "True", "False")
@pytest.mark.parametrize(("value", "hashes"), [("True", 1), ("False", 2)])
def test_a_right_pin_is_remembered_unless_the_cache_is_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, value: str, hashes: int
) -> None:
    from roamline.rooms.directory import verifiers

    real, counted = verifiers.matches_in_turn, []
    monkeypatch.setattr(verifiers, "matches_in_turn", lambda *asked: counted.append(1) or real(*asked))
    scene.set(AUTHENTICATION_CACHE, value)
    scene.log_in()
    scene.log_out()
    scene.log_in()
    assert len(counted) == hashes


@pytest.mark.proves("EM-35")
@pytest.mark.shows("Synchronization Between Auto Device Profile and Phone Configuration", "True", "False")
@pytest.mark.parametrize(("value", "after"), [("True", ["1900", "1901"]), ("False", ["1900"])])
def test_what_is_changed_on_a_taken_phone_stays_or_is_taken_back_at_the_log_out(
    scene: Scene, value: str, after: list[str]
) -> None:
    own = DeviceProfile.objects.get(phone_of_its_own__name=LOBBY)
    phones.add_line(profile=own, number=factories.number("1900"), actor="a", now=now())
    scene.set(PROFILE_SYNCHRONIZATION, value)
    scene.log_in()
    phones.add_line(profile=own, number=factories.number("1901"), actor="a", now=now())
    own.refresh_from_db()
    own.user_locale = "ko"
    own.save()
    scene.log_out()
    own.refresh_from_db()
    assert [line.directory_number.pattern for line in own.lines.all()] == after
    assert own.user_locale == ("ko" if value == "True" else "")
    assert AuditEntry.objects.filter(action="phone.settings_restored", device=LOBBY).exists() == (value == "False")


@pytest.mark.proves("EM-30")
@pytest.mark.parametrize(("locale", "typed"), [("en", "王"), ("ko", "王"), ("zh", "김"), ("en", "é")])
def test_what_the_phones_language_does_not_type_is_refused_unlooked_up(
    scene: Scene, locale: str, typed: str, django_assert_num_queries: object
) -> None:
    DeviceProfile.objects.filter(phone_of_its_own__name=LOBBY).update(user_locale=locale)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        scene.log_in(typed)
    assert not [query for query in asked.captured_queries if "WHERE a.user_id" in query["sql"]]
    assert who_is_on() is None
