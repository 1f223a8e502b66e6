"""Which device an intercom line shows on (EM-33)."""

from __future__ import annotations

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile, Line, Phone
from tests.support import factories
from tests.support.factories import ACTOR, NOW, PIN

pytestmark = pytest.mark.django_db
FIRST, SECOND = "SEP0011AA220001", "SEP0011AA220002"
ON_PHONE = By("alice", Way.PHONE)


@pytest.fixture
def line() -> Line:
    """Alice's intercom line, which has no default device yet; two phones."""
    factories.user("alice")
    for name in (FIRST, SECOND):
        factories.phone(name)
    profile = DeviceProfile.objects.get(name="EM_alice")
    return phones.add_line(
        profile=profile, number=factories.number("8001", "Intercom"), is_intercom=True, actor=ACTOR, now=NOW
    )


def shown_on(device: str) -> list[str]:
    phone = phone_named(device)
    assert phone is not None
    return [each.number for each in effective_configuration_of(phone).lines]


def log_in(device: str) -> None:
    outcome = mobility.log_in(LogIn(device, "alice", Secret(PIN)), ON_PHONE, NOW)
    assert isinstance(outcome, LoggedIn)


def log_out(device: str) -> None:
    mobility.log_out(device, ON_PHONE, NOW)


@pytest.mark.proves("EM-33")
def test_the_first_phone_becomes_the_default_device_and_the_line_shows_only_there(line: Line) -> None:
    log_in(FIRST)
    assert shown_on(FIRST) == ["8001"]
    assert AuditEntry.objects.filter(action="intercom.default_device", device=FIRST, subject="8001").exists()
    log_out(FIRST)
    log_in(SECOND)
    assert shown_on(SECOND) == []
    line.refresh_from_db()
    assert line.default_phone is not None
    assert line.default_phone.name == FIRST


@pytest.mark.proves("EM-33")
def test_a_line_from_axl_stays_without_a_device_until_one_is_set(line: Line) -> None:
    Line.objects.update(stays_without_device=True)
    log_in(FIRST)
    assert shown_on(FIRST) == []
    Line.objects.update(default_phone=Phone.objects.get(name=FIRST))
    assert shown_on(FIRST) == ["8001"]


@pytest.mark.proves("EM-33")
def test_deleting_the_device_leaves_the_line_with_no_default(line: Line) -> None:
    log_in(FIRST)
    log_out(FIRST)
    mobility.delete_phone(Phone.objects.get(name=FIRST))
    line.refresh_from_db()
    assert line.default_phone is None
