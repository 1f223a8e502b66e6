from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from roamline.platform import logs
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone
from roamline.wires.phone_xml import LONGEST_URL, Input, InputKind, Menu, Text
from tests.doors.phone_screens.desk import DISABLED, FLOOR, LOBBY, PATH, DeskPhone, key
from tests.support import factories
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db


def who_is_on(device: str = LOBBY) -> str | None:
    return mobility.users_on([device])[device.lower()].user_id


def log_out_directly(device: str = LOBBY) -> None:
    mobility.log_out(device, mobility.By("", mobility.Way.ADMINISTRATOR), datetime.now(UTC))


def text_of(shown: Text | Input | Menu) -> str:
    assert isinstance(shown, Text), shown
    return shown.text


def test_the_services_key_shows_a_form_with_user_id_and_masked_pin(desk: DeskPhone) -> None:
    form = desk.open()
    assert isinstance(form, Input)
    assert [(item.parameter, item.kind, item.masked) for item in form.items] == [
        ("userid", InputKind.ASCII, False),
        ("seq", InputKind.NUMERIC, True),
    ]
    assert form.url == f"http://127.0.0.1:8080{PATH}?device={LOBBY}"
    assert key(form, "Submit") == "SoftKey:Submit"


@pytest.mark.proves("EM-2")
@pytest.mark.parametrize(("login_type", "label"), [("SP", "Self-service ID"), ("DN", "Extension"), ("UID", "User ID")])
def test_the_form_asks_for_what_the_login_type_says(desk: DeskPhone, login_type: str, label: str) -> None:
    form = desk.open(loginType=login_type)
    assert isinstance(form, Input)
    assert form.items[0].label == label
    assert ("loginType" in form.url) == (login_type != "UID")


@pytest.mark.proves("EM-2")
@pytest.mark.parametrize(("login_type", "identifier"), [("UID", "alice"), ("SP", "70001"), ("DN", "1001")])
def test_id_and_pin_log_in_and_the_phone_is_the_users(desk: DeskPhone, login_type: str, identifier: str) -> None:
    assert "Login successful" in text_of(desk.submit(identifier, PIN, loginType=login_type))
    assert who_is_on() == "alice"
    assert Phone.objects.get(name=LOBBY).current_profile.name == "EM_alice"


def test_a_form_sent_by_post_logs_in_too(desk: DeskPhone) -> None:
    answer = desk.client.post(f"{PATH}?device={LOBBY}", {"userid": "alice", "seq": PIN})
    assert b"Login successful" in answer.content
    assert who_is_on() == "alice"


@pytest.mark.proves("EM-20")
def test_the_whole_dialogue_form_profiles_log_in_and_log_out(desk: DeskPhone) -> None:
    assert isinstance(desk.open(), Input)
    menu = desk.submit("chen", PIN)
    assert isinstance(menu, Menu)
    assert [item.name for item in menu.items] == ["EM_chen_desk", "EM_chen_lab"]
    assert who_is_on() is None
    assert "Login successful" in text_of(desk.follow(menu.items[1].url))
    assert Phone.objects.get(name=LOBBY).current_profile.name == "EM_chen_lab"
    taken = desk.open()
    assert "chen" in text_of(taken)
    assert key(taken, "No") == "SoftKey:Exit"
    assert "Logout successful" in text_of(desk.press(taken, "Yes"))
    assert who_is_on() is None
    assert isinstance(desk.open(), Input)


def test_the_pin_is_in_no_link_and_in_no_answer(desk: DeskPhone) -> None:
    menu = desk.submit("chen", PIN)
    assert desk.response is not None
    assert PIN.encode() not in desk.response.content
    assert isinstance(menu, Menu)
    assert all(len(item.url) <= LONGEST_URL and "seq" not in item.url for item in menu.items)


def test_a_profile_ticket_is_good_on_its_own_phone_only(desk: DeskPhone) -> None:
    menu = desk.submit("chen", PIN)
    assert isinstance(menu, Menu)
    elsewhere = menu.items[0].url.replace(LOBBY, FLOOR)
    assert text_of(desk.follow(elsewhere)) == "Please try to login again (201)"
    assert who_is_on(FLOOR) is None


def test_a_profile_ticket_is_good_for_two_minutes(desk: DeskPhone) -> None:
    start = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        menu = desk.submit("chen", PIN)
    assert isinstance(menu, Menu)
    with time_machine.travel(start + timedelta(seconds=121), tick=False):
        assert text_of(desk.follow(menu.items[0].url)) == "Please try to login again (201)"
    with time_machine.travel(start + timedelta(seconds=119), tick=False):
        assert "Login successful" in text_of(desk.follow(menu.items[0].url))


@pytest.mark.parametrize("change", ["pin", "profiles", "inactive"])
def test_a_profile_ticket_is_void_once_its_user_has_changed(desk: DeskPhone, change: str) -> None:
    menu = desk.submit("chen", PIN)
    assert isinstance(menu, Menu)
    if change == "pin":
        Account.objects.filter(user_id="chen").update(pin_verifier=factories.verifier_of("chen", "31415"))
    elif change == "profiles":
        ControlledProfile.objects.filter(profile__name="EM_chen_desk").delete()
    else:
        Account.objects.filter(user_id="chen").update(is_active=False)
    assert text_of(desk.follow(menu.items[0].url)) == "Please try to login again (201)"
    assert who_is_on() is None


@pytest.mark.parametrize(
    "ticket",
    ["", ".", "...", "1.2.3", "1.9999999999.0.AAAA", "x.9999999999.0.é", "1.99999999999999999999.0.A", "0" * 300],
)
def test_a_made_up_ticket_logs_nobody_in(desk: DeskPhone, ticket: str) -> None:
    assert text_of(desk.open(ticket=ticket)) == "Please try to login again (201)"
    assert not LoginSession.objects.exists()


def test_a_ticket_cannot_be_turned_to_another_profile_or_user(desk: DeskPhone) -> None:
    menu = desk.submit("chen", PIN)
    assert isinstance(menu, Menu)
    account, until, _position, mark = menu.items[0].url.partition("ticket=")[2].split(".")
    alice = Account.objects.get(user_id="alice").pk
    for forged in (f"{account}.{until}.1.{mark}", f"{alice}.{until}.0.{mark}", f"{account}.{int(until) + 9}.0.{mark}"):
        assert text_of(desk.open(ticket=forged)) == "Please try to login again (201)"


REFUSALS = [
    ({"device": LOBBY, "loginType": "XX"}, "LoginType invalid(215)"),
    ({"device": LOBBY, "loginType": "uid", "userid": "alice", "seq": PIN}, "LoginType invalid(215)"),
    ({}, "Login is unavailable(207)"),
    ({"userid": "alice", "seq": PIN}, "Login is unavailable(207)"),
    ({"Device": LOBBY}, "Login is unavailable(207)"),
    ({"device": "SEP000000000000"}, "Login is unavailable(11)"),
    ({"device": "SEP000000000000", "userid": "alice", "seq": PIN}, "Login is unavailable(11)"),
    ({"device": DISABLED}, "Login is unavailable(22)"),
    ({"device": DISABLED, "userid": "alice", "seq": PIN}, "Login is unavailable(22)"),
    ({"device": LOBBY, "userid": "", "seq": ""}, "Please try to login again (202)"),
    ({"device": LOBBY, "userid": "alice"}, "Please try to login again (202)"),
    ({"device": LOBBY, "userid": "", "seq": PIN}, "Please try to login again (202)"),
    ({"device": LOBBY, "userid": "alice", "seq": "99999"}, "Please try to login again (201)"),
    ({"device": LOBBY, "userid": "ALICE", "seq": PIN}, "Please try to login again (201)"),
    ({"device": LOBBY, "userid": "1999", "seq": PIN, "loginType": "DN"}, "DN has multiple users(216)"),
    ({"device": LOBBY, "userid": "dana", "seq": PIN}, "Login is unavailable (205)"),
    ({"device": LOBBY, "userid": "alice", "seq": PIN, "profile": "EM_chen_lab"}, "Login is unavailable(12)"),
    ({"doLogout": "true"}, "Logout is unavailable(207)"),
    ({"device": "SEP000000000000", "doLogout": "true"}, "Logout is unavailable(11)"),
    ({"device": LOBBY, "doLogout": "true"}, "Logout is unavailable(19)"),
    ({"device": DISABLED, "doLogout": "true"}, "Logout is unavailable(5)"),
]


@pytest.mark.parametrize(("query", "shown"), REFUSALS, ids=[text for _, text in REFUSALS])
def test_a_refusal_shows_its_text_with_keys_that_lead_somewhere(
    desk: DeskPhone, query: dict[str, str], shown: str
) -> None:
    shared = factories.number("1999")
    factories.user("dana", profiles=(), primary_extension=shared)
    factories.user("erin", primary_extension=shared)
    screen = desk.get(**query)
    assert text_of(screen) == shown
    assert key(screen, "Retry").startswith(f"http://127.0.0.1:8080{PATH}?")
    assert key(screen, "Exit") == "SoftKey:Exit"
    assert not LoginSession.objects.exists()


def test_retry_leads_back_to_the_form(desk: DeskPhone) -> None:
    assert isinstance(desk.press(desk.submit("alice", "99999"), "Retry"), Input)


def test_18_and_25_say_that_the_phone_or_the_user_is_taken(desk: DeskPhone) -> None:
    desk.submit("alice", PIN)
    assert text_of(desk.submit("chen", PIN, profile="EM_chen_lab")) == "Login is unavailable(18)"
    assert text_of(DeskPhone(FLOOR).submit("alice", PIN)) == "Multi-Login Not Allowed (25)"


def test_a_phone_that_was_disabled_while_taken_still_offers_the_log_out(desk: DeskPhone) -> None:
    desk.submit("alice", PIN)
    Phone.objects.update(em_enabled=False)
    assert "Logout successful" in text_of(desk.press(desk.open(), "Yes"))


def test_the_same_bytes_whether_the_user_is_unknown_the_pin_wrong_or_the_user_locked(desk: DeskPhone) -> None:
    factories.user("locked")
    Account.objects.filter(user_id="locked").update(locked_until=datetime.now(UTC) + timedelta(minutes=5))
    factories.user("gone")
    Account.objects.filter(user_id="gone").update(is_active=False)
    factories.user("without", pin=None)
    factories.proxy()
    answers = set()
    for userid, seq in [
        ("alice", "99999"), ("nobody", PIN), ("locked", PIN), ("gone", PIN), ("without", ""[:0] or "1"),
        ("emproxy", factories.PASSWORD), ("ALICE", PIN), ("<b>&", "1"), ("'; --", "1"), ("爱丽丝", "1"), ("\0", "1"),
    ]:  # fmt: skip
        desk.submit(userid, seq)
        assert desk.response is not None
        headers = {name: value for name, value in desk.response.items() if name != "X-Request-Id"}
        answers.add((desk.response.status_code, desk.response.content, tuple(sorted(headers.items()))))
    assert len(answers) == 1


@pytest.mark.proves("S-2")
def test_a_guesser_learns_nothing_from_other_methods_and_logs_nobody_in(desk: DeskPhone) -> None:
    right = {"device": LOBBY, "userid": "alice", "seq": PIN}
    wrong = right | {"seq": "99999"}
    for method in ("head", "put", "delete", "patch", "options"):
        answers = [getattr(Client(), method)(f"{PATH}?{_query(q)}") for q in (right, wrong)]
        assert [answer.status_code for answer in answers] == [405, 405]
        assert answers[0].content == answers[1].content
        assert [answer.get("Content-Length") for answer in answers] in ([None, None], ["0", "0"])
    assert not LoginSession.objects.exists()
    assert Account.objects.get(user_id="alice").failed_attempts == 0
    for _ in range(5):
        desk.submit("alice", "99999")
    assert text_of(desk.submit("alice", PIN)) == "Please try to login again (201)"


def _query(values: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in values.items())


@pytest.mark.proves("EM-2")
@pytest.mark.parametrize(
    "path", ["/emapp/emappservlet", "/EMApp/EMAppServlet", "/emapp/EMAppServlet/", "/emapp", "/emapp/"]
)
def test_a_path_in_the_wrong_case_is_not_found(desk: DeskPhone, path: str) -> None:
    assert Client().get(path, {"device": LOBBY}).status_code == 404


HOSTILE = [
    {"device": "A" * 5000},
    {"device": "\0\0" * 100},
    {"device": "é" * 200},
    {"device": "x y<z>&\"'" * 20},
    {"device": "S" * 128, "loginType": "\n" * 300},
    {"device": LOBBY, "loginType": "密" * 300},
    {"device": LOBBY, "userid": "a" * 5000, "seq": "1" * 5000},
    {"device": LOBBY, "userid": "\0", "seq": "\0"},
    {"device": LOBBY, "userid": "alice", "seq": PIN, "profile": "é" * 5000},
    {"device": LOBBY, "doLogout": "TRUE", "userid": "\ud7ff\U0010ffff", "seq": "\ufffe"},
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_phone_sends_it_gets_a_screen(desk: DeskPhone, query: dict[str, str]) -> None:
    assert isinstance(desk.get(**query), Text)
    assert isinstance(desk.press(desk.get(**query), "Retry"), Text | Input)


def test_the_longest_names_still_fit_into_a_phones_links(desk: DeskPhone) -> None:
    device = "D" * 128
    factories.phone(device)
    factories.user("erin", profiles=("P" * 128, "Q" * 128))
    long = DeskPhone(device)
    menu = long.submit("erin", PIN)
    assert isinstance(menu, Menu)
    assert "Login successful" in text_of(long.follow(menu.items[1].url))
    assert "Logout successful" in text_of(long.press(long.open(), "Yes"))


def test_more_profiles_than_a_menu_takes_are_cut(desk: DeskPhone) -> None:
    factories.user("erin", profiles=tuple(f"EM_{number}" for number in range(102)))
    menu = desk.submit("erin", PIN)
    assert isinstance(menu, Menu)
    assert len(menu.items) == 100


def test_the_links_name_the_advertised_host_whatever_the_request_claims(desk: DeskPhone) -> None:
    answer = Client().get(PATH, {"device": LOBBY}, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert answer.status_code == 200
    assert b"evil" not in answer.content


def test_no_answer_is_kept_on_the_way(desk: DeskPhone) -> None:
    desk.submit("alice", "99999")
    assert desk.response is not None
    assert desk.response["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in desk.response


def test_an_overloaded_node_says_26(desk: DeskPhone) -> None:
    with mobility.requests_in_progress().enter(1):
        factories.set_parameter(factories.parameter("Maximum Concurrent Requests"), "1")
        assert text_of(desk.submit("alice", PIN)) == "Login is unavailable(26)"
        assert text_of(desk.open(doLogout="true")) == "Logout is unavailable(26)"
        assert isinstance(desk.open(), Input)
    log_out_directly()


@pytest.mark.proves("S-1")
def test_the_pin_is_in_no_log(
    desk: DeskPhone, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = logging.getLogger().handlers[:]
    logs.configure("phones")
    try:
        with caplog.at_level(logging.DEBUG):
            logging.getLogger().addHandler(caplog.handler)
            desk.submit("alice", "73519")
            desk.submit("nobody", "73519")
            desk.submit("chen", PIN)
            desk.client.head(f"{PATH}?device={LOBBY}&userid=alice&seq=73519")
            desk.client.get(f"{PATH.lower()}?device={LOBBY}&userid=alice&seq=73519")
            desk.client.post(PATH, {"device": LOBBY, "userid": "alice", "seq": "73519"})
    finally:
        logging.getLogger().handlers[:] = kept
    printed = "".join(capfd.readouterr()) + caplog.text
    assert '"method": "HEAD"' in printed
    assert "73519" not in printed
    assert PIN not in printed
