"""A phone that was told to restart confirms by registering; else it is reset, and then there is an alarm (EM-44)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from roamline.platform import metrics
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.mobility.service.confirmation import AFTER_RESET, CONFIRMATION
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
LOBBY = "SEP0011AA220001"
SET_TIME = timedelta(seconds=180)


@pytest.fixture
def version() -> int:
    """alice is logged in, the phone has been told, and has not registered yet."""
    factories.user("alice")
    phone = factories.phone(LOBBY)
    mobility.log_in(LogIn(LOBBY, "alice", None), By("admin", Way.ADMINISTRATOR), NOW)
    phone.refresh_from_db()
    mobility.expect_confirmation(LOBBY, phone.configuration_version, NOW)
    return phone.configuration_version


def fire(after: timedelta) -> None:
    ledger.fire_due_deadlines(NOW + after)


def not_confirmed_at_all(version: int) -> None:
    fire(SET_TIME)
    mobility.expect_confirmation(LOBBY, version, NOW + SET_TIME, after=AFTER_RESET)
    fire(2 * SET_TIME)


def told() -> dict[str, object]:
    return dict(Effect.objects.get(kind=mobility.RECONFIGURE, subject=LOBBY).payload)


def state() -> str:
    return LoginSession.objects.get(ended_at__isnull=True).confirmation


def alarm_metric() -> float:
    lines = generate_latest(metrics.registry).decode().splitlines()
    return float(next(line for line in lines if line.startswith("roamline_phones_not_confirmed ")).split()[1])


def test_before_the_set_time_nothing_happens(version: int) -> None:
    fire(SET_TIME - timedelta(seconds=1))
    assert state() == "waiting"
    assert told()["action"] == "restart"


def test_a_phone_that_does_not_confirm_is_reset(version: int) -> None:
    fire(SET_TIME)
    assert told() == {"action": "reset", "after": AFTER_RESET}
    assert state() == "waiting"
    assert not PhoneAlarm.objects.exists()


def test_a_phone_that_does_not_confirm_after_the_reset_either_raises_an_alarm(version: int) -> None:
    not_confirmed_at_all(version)
    assert state() == "not confirmed"
    assert PhoneAlarm.objects.get().version == version
    assert alarm_metric() == 1
    assert AuditEntry.objects.get(action="phone.alarm").device == LOBBY


def test_the_alarm_is_over_when_the_phone_registers(version: int) -> None:
    not_confirmed_at_all(version)
    assert mobility.phone_registered(device=LOBBY, version=version, now=NOW + 3 * SET_TIME)
    assert state() == "confirmed"
    assert alarm_metric() == 0


def test_a_phone_that_confirms_in_time_is_left_alone(version: int) -> None:
    mobility.phone_registered(device=LOBBY, version=version, now=NOW + SET_TIME / 2)
    assert not Deadline.objects.filter(kind=CONFIRMATION).exists()
    fire(2 * SET_TIME)
    assert state() == "confirmed"
    assert told()["action"] == "restart"


def test_a_newer_log_in_is_waited_for_anew(version: int) -> None:
    mobility.log_out(LOBBY, By("admin", Way.ADMINISTRATOR), NOW)
    fire(SET_TIME)
    assert told()["action"] == "restart", "the deadline was for a version that nobody wants any more"
