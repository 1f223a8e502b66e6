"""What a user does in self-care: log out, PIN, language, longest login, speed dials, headsets; theirs only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from roamline.kernel.secret import Secret
from roamline.rooms.directory.models import Account, UserProfile
from roamline.rooms.headsets import service as headsets
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.phones.models import Button, DeviceProfile, Phone
from tests.support import factories

ONE, OTHER = "SEP0011AA220001", "SEP0011AA220003"


def log_in(device: str, user: str = "alice") -> None:
    outcome = mobility.log_in(LogIn(device, user, Secret(factories.PIN)), By(user, Way.PHONE), datetime.now(UTC))
    assert isinstance(outcome, LoggedIn)


def on() -> set[str]:
    """Where somebody is logged in."""
    return set(LoginSession.objects.filter(ended_at=None, ending_since=None).values_list("phone__name", flat=True))


def text(browser: Client, page: str = "", **headers: str) -> str:
    return browser.get(f"/selfcare/{page}", headers=headers, follow=True).content.decode()


@pytest.fixture
def two_phones(alice: Account) -> None:
    from roamline.rooms.parameters.rules import MULTIPLE_LOGIN_BEHAVIOR

    factories.set_parameter(MULTIPLE_LOGIN_BEHAVIOR, "Multiple Logins Allowed", datetime.now(UTC))
    log_in(ONE)
    log_in(OTHER)


def test_the_first_page_says_where_i_am_and_logs_me_out_there(two_phones: None, browser: Client) -> None:
    assert all(name in text(browser) for name in (ONE, OTHER))
    browser.post(f"/selfcare/log-out/{ONE}")
    assert on() == {OTHER}
    assert f"Log out on {ONE}" not in text(browser)
    entry = AuditEntry.objects.get(action="em.logout")
    assert (entry.actor, entry.way, entry.device) == ("alice", "self-care", ONE)


def test_log_me_out_everywhere(two_phones: None, browser: Client) -> None:
    browser.post("/selfcare/log-out/everywhere")
    assert on() == set()
    assert "You are logged in on no phone." in text(browser)


def test_nobody_logs_anybody_else_out(browser: Client) -> None:
    factories.user("bob")
    log_in(ONE, "bob")
    answer = browser.post(f"/selfcare/log-out/{ONE}", follow=True).content.decode()
    assert "somebody else is logged in on the phone" in answer
    assert on() == {ONE}


def test_a_new_pin_by_the_current_one_under_the_whole_policy(browser: Client) -> None:
    def change(current: str, new: str, again: str = "") -> str:
        given = {"current": current, "new": new, "again": again or new}
        return browser.post("/selfcare/pin", given, follow=True).content.decode()

    assert "The current PIN is wrong" in change("11223", "83921")
    assert "too easy to guess" in change(factories.PIN, "12345")
    assert "The two new PINs differ." in change(factories.PIN, "83921", "83922")
    assert "Your PIN is changed." in change(factories.PIN, "83921")
    refused = mobility.log_in(LogIn(ONE, "alice", Secret(factories.PIN)), By("alice", Way.PHONE), datetime.now(UTC))
    assert not isinstance(refused, LoggedIn)
    now = datetime.now(UTC)
    assert isinstance(mobility.log_in(LogIn(ONE, "alice", Secret("83921")), By("alice", Way.PHONE), now), LoggedIn)


def test_a_language_reaches_the_phone_that_i_am_on_without_ending_my_session(browser: Client) -> None:
    log_in(ONE)
    before = Phone.objects.get(name=ONE).configuration_version
    browser.post("/selfcare/settings", {"language": "ko"})
    assert Account.objects.get(user_id="alice").user_locale == "ko"
    assert on() == {ONE}
    assert Phone.objects.get(name=ONE).configuration_version > before
    assert browser.post("/selfcare/settings", {"language": "xx"}).status_code == 200
    assert Account.objects.get(user_id="alice").user_locale == "ko"


def test_the_longest_login_of_ones_own_is_there_only_where_the_user_profile_allows_it(browser: Client) -> None:
    assert "Log me out after" not in text(browser, "settings")
    browser.post("/selfcare/settings", {"language": "", "longest": "1:00"})
    assert Account.objects.get(user_id="alice").own_login_minutes is None
    allowed = UserProfile.objects.create(name="May", allow_own_login_time=True)
    Account.objects.filter(user_id="alice").update(user_profile=allowed)
    for bad in ("168:01", "8:60", "0:00", "eight"):
        answer = browser.post("/selfcare/settings", {"language": "", "longest": bad}).content.decode()
        assert "0:01 to 168:00, such as 8:30" in answer
    browser.post("/selfcare/settings", {"language": "", "longest": "8:30"})
    assert Account.objects.get(user_id="alice").own_login_minutes == 510
    assert 'value="8:30"' in text(browser, "settings")


def test_speed_dials_are_mine_to_change_lines_and_services_are_not(browser: Client) -> None:
    profile = DeviceProfile.objects.get(name="EM_alice")
    Button.objects.create(profile=profile, position=3, kind="blf", label="Bob", number="1002")
    address = f"profiles/{profile.uuid}"
    assert 'name="label-2"' in text(browser, address)
    assert 'name="label-1"' not in text(browser, address)
    assert 'name="label-3"' not in text(browser, address)
    log_in(ONE)
    browser.post(f"/selfcare/{address}/speed-dials", {"label-2": "Home", "number-2": "95551234", "number-3": "1"})
    dials = Button.objects.filter(profile=profile).values_list("position", "kind", "label", "number")
    assert set(dials) == {(2, "speed_dial", "Home", "95551234"), (3, "blf", "Bob", "1002")}
    assert on() == {ONE}
    bad = browser.post(f"/selfcare/{address}/speed-dials", {"label-2": "Home", "number-2": "not a number"})
    assert "Key 2" in bad.content.decode()
    assert Button.objects.get(profile=profile, position=2).number == "95551234"
    browser.post(f"/selfcare/{address}/speed-dials", {"label-2": "", "number-2": ""})
    assert not Button.objects.filter(profile=profile, position=2).exists()


def test_somebody_elses_profile_is_not_found(browser: Client) -> None:
    theirs = factories.profile("EM_bob")
    assert browser.get(f"/selfcare/profiles/{theirs.uuid}").status_code == 404
    assert browser.post(f"/selfcare/profiles/{theirs.uuid}/speed-dials", {"label-2": "x"}).status_code == 404


def test_my_headsets_and_giving_one_away(browser: Client) -> None:
    now = datetime.now(UTC)
    factories.user("bob")
    headsets.associate("QPK1234A001", "alice", actor="test", way="test", now=now)
    headsets.associate("QPK1234B002", "bob", actor="test", way="test", now=now)
    assert "QPK1234A001" in text(browser, "headsets")
    assert "QPK1234B002" not in text(browser, "headsets")
    refused = browser.post("/selfcare/headsets/give-away", {"serial": "QPK1234B002"}, follow=True)
    assert "This headset is not yours." in refused.content.decode()
    browser.post("/selfcare/headsets/give-away", {"serial": "QPK1234A001"})
    assert "No headset is yours yet." in text(browser, "headsets")
    assert AuditEntry.objects.get(action="headset.dissociated").actor == "alice"


@pytest.mark.parametrize(("language", "words"), [("ko", "내가 로그인한 곳"), ("zh-hans", "我在哪里登录")])
def test_the_pages_speak_three_languages(browser: Client, language: str, words: str) -> None:
    for page in ("", "pin", "password", "settings", "headsets", "profiles"):
        shown = text(browser, page, **{"accept-language": language})
        assert f'<html lang="{language}">' in shown
    assert words in text(browser, "", **{"accept-language": language})
