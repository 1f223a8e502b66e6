"""What Cisco phones show of their lines' forwarding of all calls, and when they are told."""

from __future__ import annotations

import pytest

from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import forwarding, forwards_shown
from roamline.rooms.phones.models import Forward, Line, Phone
from roamline.rooms.phones.rules import keys_of_lines
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
DESK = "SEP0011AA220001"
ADMIN = Author("admin", "administration")


@pytest.fixture
def desk() -> Phone:
    """A Cisco phone; the keys of its two lines stand the other way round than the lines."""
    phone = factories.phone(DESK)
    type(phone.model).objects.filter(pk=phone.model_id).update(registers_once=True, keys=5, max_lines=4)
    for index, button, digits in ((1, 2, "1001"), (2, 1, "1002")):
        number = factories.number(digits)
        Line.objects.create(profile=phone.own_profile, index=index, button=button, directory_number=number)
    return Phone.objects.select_related("model", "own_profile").get(pk=phone.pk)


def told() -> list[tuple[str, int]]:
    return list(Effect.objects.filter(kind=forwards_shown.SHOW_FORWARDS).values_list("subject", "version"))


def test_lines_stand_in_the_order_of_their_keys(desk: Phone) -> None:
    second = desk.own_profile.lines.get(index=2)
    Forward.objects.create(line=second, kind=Forward.ALL, destination="1009")
    Forward.objects.create(line=second, kind="busy", destination="1008")
    assert forwards_shown.shown_on(desk) == ("1009", "")


def test_an_intercom_line_of_another_phone_is_none_of_its_lines(desk: Phone) -> None:
    number = factories.number("8001")
    Line.objects.create(profile=desk.own_profile, index=3, button=3, directory_number=number, is_intercom=True)
    assert forwards_shown.shown_on(desk) == ("", "")


def test_a_change_of_all_calls_is_told_and_no_other(desk: Phone) -> None:
    line = desk.own_profile.lines.get(index=1)
    Forward.objects.create(line=line, kind=Forward.ALL, destination="1009")
    Forward.objects.create(line=line, kind="busy", destination="1009")
    forwarding.set_forwarding(line=line, destination="", kind="busy", author=ADMIN, now=NOW)
    assert told() == []
    forwarding.set_forwarding(line=line, destination="", author=ADMIN, now=NOW)
    assert told() == [(DESK, desk.configuration_version)]


def test_a_phone_that_took_up_a_configuration_is_told_once(desk: Phone) -> None:
    Phone.objects.filter(pk=desk.pk).update(previous_ha1="x", previous_until=1)
    version = desk.configuration_version
    assert mobility.phone_registered(device=DESK, version=version, now=NOW)
    assert told() == [(DESK, version)]
    Effect.objects.all().delete()
    assert not mobility.phone_registered(device=DESK, version=version, now=NOW)
    assert told() == []


def test_a_software_phone_is_told_nothing(desk: Phone) -> None:
    type(desk.model).objects.update(registers_once=False)
    forwards_shown.ask_of_profile(desk.own_profile_id, NOW)
    assert told() == []


def test_a_line_whose_key_is_taken_gets_the_next_free_one_or_none() -> None:
    assert keys_of_lines([2, 2, 9], 2) == [2, 1, None]
