"""What the page knows of the phone."""

from __future__ import annotations

import pytest
from django.utils import translation

from roamline.demo import site
from roamline.doors.web_phone import state, wording
from roamline.kernel.secret import Secret
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.configuration import phone_named
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.phones.models import Button, DeviceProfile, PhoneService
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

DEVICE = "SEP0011AA220007"


@pytest.fixture(autouse=True)
def demo() -> None:
    """The demo site."""
    site.load("a-secret-for-tests-only")


def shown() -> dict[str, object]:
    phone = phone_named(DEVICE)
    assert phone is not None
    return state.state_of(phone)


def log_in(user: str, pin: str) -> None:
    request = LogIn(device=DEVICE, identifier=user, pin=Secret(pin))
    assert isinstance(mobility.log_in(request, By(user, Way.PHONE, "127.0.0.1"), NOW), LoggedIn)


def labels() -> list[tuple[object, ...]]:
    keys = shown()["keys"]
    assert isinstance(keys, list)
    return [(key["position"], key["kind"], key["label"], key["number"]) for key in keys]


def test_a_free_phone_has_its_own_line_and_its_services() -> None:
    assert shown()["user"] is None
    assert labels() == [(1, "line", "1907", "1907")]
    services = shown()["services"]
    assert isinstance(services, list)
    assert [service["label"] for service in services] == ["Extension Mobility", "Call Back"]


def test_a_log_in_brings_the_persons_lines_and_keys() -> None:
    log_in("alice", "27182")
    assert shown()["user"] == {"user_id": "alice", "name": "Alice Archer"}
    assert labels() == [
        (1, "line", "1001", "1001"),
        (2, "speed_dial", "Chen", "1003"),
        (3, "speed_dial", "Erin", "1005"),
        (4, "speed_dial", "Lobby", "1901"),
        (5, "blf", "Bob", "1002"),
    ]


def test_a_key_for_a_service_opens_it_even_when_the_list_does_not_have_it() -> None:
    news = PhoneService.objects.create(name="News", url="http://127.0.0.1:8080/news")
    own = DeviceProfile.objects.get(name=f"ADP_{DEVICE}")
    Button.objects.create(profile=own, position=2, kind="service", label="News", service=news)
    keys = shown()["keys"]
    assert isinstance(keys, list)
    assert keys[1]["link"]


@pytest.mark.parametrize(("user", "pin", "language", "word"), [("alice", "27182", "en", "Services"),
                                                                 ("erin", "66260", "ko", "서비스")])  # fmt: skip
def test_the_page_speaks_the_language_of_the_person(user: str, pin: str, language: str, word: str) -> None:
    with translation.override("zh-hans"):
        assert shown()["language"] == "zh-Hans"  # nobody is here: as the browser asks
        log_in(user, pin)
        assert shown()["language"] == language
    words = shown()["words"]
    assert isinstance(words, dict)
    assert words["services"] == word


def test_an_unknown_language_is_english() -> None:
    with translation.override("fr"):
        assert wording.language_for("") == "en"
        assert wording.language_for("zh") == "zh-hans"
