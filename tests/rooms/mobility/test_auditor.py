"""What ``roamline audit`` says of two log-ins of one user, before and after the rule changes (EM-22, EM-44)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.mobility import auditor
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.parameters.rules import ALLOWED, AUTO_LOGOUT, MULTIPLE_LOGIN_BEHAVIOR, NOT_ALLOWED
from tests.support import factories
from tests.support.factories import NOW, set_parameter

ONE, OTHER = "SEP0011AA220001", "SEP0011AA220002"


@pytest.fixture
def on_two_phones(db: None) -> None:
    factories.user("alice")
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    for device in (ONE, OTHER):
        factories.phone(device)
        mobility.log_in(LogIn(device, "alice", None), By("root", Way.ADMINISTRATOR), NOW + timedelta(minutes=1))


@pytest.mark.django_db
@pytest.mark.parametrize("behavior", [NOT_ALLOWED, AUTO_LOGOUT])
def test_log_ins_that_were_allowed_when_they_were_made_stay_and_are_no_finding(
    behavior: str, on_two_phones: None
) -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, behavior, NOW + timedelta(hours=1))
    assert LoginSession.objects.filter(ended_at=None).count() == 2
    assert list(auditor.findings()) == []


@pytest.mark.django_db
def test_a_second_log_in_that_the_rule_forbade_is_a_finding(on_two_phones: None) -> None:
    set_parameter(MULTIPLE_LOGIN_BEHAVIOR, NOT_ALLOWED, NOW + timedelta(hours=1))
    LoginSession.objects.filter(phone__name=OTHER).update(started_at=NOW + timedelta(hours=2))
    assert list(auditor.findings()) == [
        f"alice logged in on {OTHER} while logged in elsewhere, against Multiple Login Behavior"
    ]
    LoginSession.objects.filter(phone__name=ONE).update(ending_since=NOW + timedelta(minutes=90))
    assert list(auditor.findings()) == [], "who only waits for a call to end is logged in elsewhere no longer"
