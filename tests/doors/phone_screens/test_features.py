"""The phone services of telephone features, as a person at the phone uses them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from roamline.rooms.features.models import Assistance, CallBack, ManagerSettings
from roamline.rooms.features.service import call_backs
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones.models import DeviceProfile, Phone
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Menu, Text
from tests.doors.phone_screens.desk import FLOOR, LOBBY, DeskPhone
from tests.doors.phone_screens.desk import key as where
from tests.support import factories
from tests.support.factories import PIN, set_parameter

pytestmark = pytest.mark.django_db
ASSISTANT, CALL_BACK = "/assistant/AssistantServlet", "/callback/CallBackServlet"


def ask(desk: DeskPhone, url: str, **query: str) -> Menu | Text:
    """Follow a link, or open a service."""
    parts = urlsplit(url)
    values = {name: found[0] for name, found in parse_qs(parts.query).items()} | query
    answer = desk.client.get(parts.path, values)
    assert answer.status_code == 200
    shown = phone_xml.read(answer.content)
    assert isinstance(shown, Menu | Text)
    return shown


def opens(desk: DeskPhone, service: str, device: str = LOBBY) -> Menu | Text:
    return ask(desk, service, device=device)


def choose(desk: DeskPhone, menu: Menu | Text, name: str) -> Menu | Text:
    assert isinstance(menu, Menu), menu
    return ask(desk, next(item.url for item in menu.items if item.name.startswith(name)))


def names(shown: Menu | Text) -> list[str]:
    assert isinstance(shown, Menu), shown
    return [item.name for item in shown.items]


@pytest.fixture
def office(desk: DeskPhone) -> DeskPhone:
    """Alice's assistant is bob; she is logged in in the lobby, he on his floor."""
    bob = factories.user("bob", first_name="Bob", last_name="Baker", primary_extension=factories.number("1002"))
    Assistance.objects.create(profile=DeviceProfile.objects.get(name="EM_alice"), account=bob)
    desk.submit("alice", PIN)
    DeskPhone(FLOOR).submit("bob", PIN)
    return desk


@pytest.mark.proves("EM-37")
def test_a_manager_opens_the_service_after_the_log_in_and_switches(office: DeskPhone) -> None:
    menu = opens(office, ASSISTANT)
    assert "Bob Baker" in (menu.prompt if isinstance(menu, Menu) else "")
    assert names(menu) == ["Divert all calls: off", "Call filter: off", "Do not disturb: off"]
    menu = choose(office, menu, "Divert all")
    assert names(menu)[0] == "Divert all calls: on"
    menu = choose(office, choose(office, menu, "Call filter"), "Do not disturb")
    assert names(menu) == ["Divert all calls: on", "Call filter: on", "Do not disturb: on"]
    settings = ManagerSettings.objects.get()
    assert (settings.divert_all, settings.filter_on) == (True, True)
    assert DeviceProfile.objects.get(name="EM_alice").dnd_enabled
    entry = AuditEntry.objects.get(action="assistant.divert.on")
    assert (entry.actor, entry.way, entry.device, entry.subject) == ("alice", "phone", LOBBY, "EM_alice")


@pytest.mark.proves("EM-32", "EM-37")
def test_the_switches_stay_in_the_profile_and_never_touch_the_phone(office: DeskPhone) -> None:
    choose(office, opens(office, ASSISTANT), "Do not disturb")
    office.open(doLogout="true")
    assert not Phone.objects.get(name=LOBBY).current_profile.dnd_enabled
    assert isinstance(opens(office, ASSISTANT), Text), "nobody is logged in"
    office.submit("alice", PIN)
    assert names(opens(office, ASSISTANT))[2] == "Do not disturb: on"


@pytest.mark.proves("EM-37")
def test_an_assistant_sees_the_managers_dnd_and_switches_the_diversion_alone(office: DeskPhone) -> None:
    choose(office, opens(office, ASSISTANT), "Do not disturb")
    menu = opens(office, ASSISTANT, FLOOR)
    assert len(names(menu)) == 1
    assert "do not disturb" in names(menu)[0]
    page = choose(office, menu, names(menu)[0])
    assert isinstance(page, Text)
    assert "Do not disturb: on" in page.text
    assert "Divert all calls: on" in ask(office, where(page, "Divert")).text  # type: ignore[union-attr]
    assert ManagerSettings.objects.get().divert_all
    manager = str(DeviceProfile.objects.get(name="EM_alice").pk)
    refused = ask(office, ASSISTANT, device=FLOOR, of=manager, do="dnd.off")
    assert isinstance(refused, Text)
    assert DeviceProfile.objects.get(name="EM_alice").dnd_enabled


@pytest.mark.parametrize("do", ["divert", "divert.maybe", "fire.on", "."])
def test_a_switch_that_does_not_exist_changes_nothing(office: DeskPhone, do: str) -> None:
    assert isinstance(ask(office, ASSISTANT, device=LOBBY, do=do), Text)
    assert not ManagerSettings.objects.exists()


def test_who_is_no_manager_and_no_assistant_is_told_so(desk: DeskPhone) -> None:
    desk.submit("alice", PIN)
    shown = opens(desk, ASSISTANT)
    assert isinstance(shown, Text)
    assert "nobody's assistant" in shown.text


@pytest.mark.parametrize("service", [ASSISTANT, CALL_BACK])
def test_unknown_phones_and_strange_sources_get_nothing(desk: DeskPhone, service: str) -> None:
    assert "(11)" in opens(desk, service, "SEP000000000000").text  # type: ignore[union-attr]
    assert "(207)" in ask(desk, service).text  # type: ignore[union-attr]
    assert desk.client.head(service, {"device": LOBBY}).status_code == 405
    set_parameter(factories.parameter("Validate IP Address"), "True")
    assert "(28)" in opens(desk, service).text  # type: ignore[union-attr]


@pytest.fixture
def unanswered(desk: DeskPhone) -> DeskPhone:
    """Alice, on the lobby's phone, met a busy line."""
    desk.submit("alice", PIN)
    number = factories.number("1002")
    call_backs.call_failed(device=LOBBY, line="1001", number_id=number.pk, status=486, now=datetime.now(UTC))
    return desk


@pytest.mark.proves("EM-34")
def test_a_call_back_is_asked_listed_and_cancelled_on_the_phone(unanswered: DeskPhone) -> None:
    menu = opens(unanswered, CALL_BACK)
    assert names(menu) == ["Call me when 1002 is free"]
    assert "1002 is free" in choose(unanswered, menu, "Call me").text  # type: ignore[union-attr]
    made = CallBack.objects.get()
    assert (made.phone.name, made.account.user_id, made.line) == (LOBBY, "alice", "1001")  # type: ignore[union-attr]
    menu = opens(unanswered, CALL_BACK)
    assert names(menu) == ["1002 was busy"]
    page = choose(unanswered, menu, "1002")
    assert "cancelled" in ask(unanswered, where(page, "Cancel it")).text  # type: ignore[union-attr]
    assert not CallBack.objects.exists()
    assert isinstance(opens(unanswered, CALL_BACK), Text)


def test_asking_twice_asks_once(unanswered: DeskPhone) -> None:
    for _ in range(2):
        ask(unanswered, CALL_BACK, device=LOBBY, do="ask")
    assert CallBack.objects.count() == 1


@pytest.mark.proves("EM-34")
@pytest.mark.parametrize("asks", [True, False])
def test_a_log_out_ends_what_was_asked_and_what_could_be(unanswered: DeskPhone, asks: bool) -> None:
    if asks:
        choose(unanswered, opens(unanswered, CALL_BACK), "Call me")
    unanswered.open(doLogout="true")
    assert not CallBack.objects.exists()
    assert isinstance(opens(unanswered, CALL_BACK), Text)


def test_another_phone_cannot_cancel_it(unanswered: DeskPhone) -> None:
    choose(unanswered, opens(unanswered, CALL_BACK), "Call me")
    ask(unanswered, CALL_BACK, device=FLOOR, do="cancel", of=str(CallBack.objects.get().pk))
    assert CallBack.objects.exists()
