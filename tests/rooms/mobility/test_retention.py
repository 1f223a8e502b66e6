"""What is older than its retention time goes every night, and only that (S-11, S-13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, AuditPurge, Deadline
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import retention
from roamline.rooms.parameters.rules import AUDIT_RETENTION, SESSION_RETENTION
from tests.support import audit_guard, factories
from tests.support.factories import NOW, set_parameter


def note(days_ago: float) -> None:
    ledger.record(at=NOW - timedelta(days=days_ago), action="something.done")


@pytest.mark.proves("S-13", "EM-46")
@pytest.mark.django_db(transaction=True)
def test_whole_days_go_from_the_audit_and_each_leaves_how_many_they_were() -> None:
    set_parameter(AUDIT_RETENTION, "10", now=NOW)
    note(9.9)
    with audit_guard.raised():
        for days_ago in (20, 20, 20.1, 12):
            note(days_ago)
        kept_of_the_day = NOW - timedelta(days=10)
        ledger.record(at=kept_of_the_day, action="on the last day that stays")
        assert retention.purge(NOW)["audit entries"] == 4
        assert retention.purge(NOW)["audit entries"] == 0
    assert AuditEntry.objects.filter(at__lt=datetime(2030, 5, 7, tzinfo=UTC)).count() == 0
    assert AuditEntry.objects.filter(action="on the last day that stays").exists()
    assert sorted((str(p.day), p.removed) for p in AuditPurge.objects.all())[:2] == [
        ("2030-04-27", 3), ("2030-05-05", 1),
    ]  # fmt: skip


@pytest.mark.django_db
def test_ended_sessions_go_and_open_ones_stay_however_old() -> None:
    set_parameter(SESSION_RETENTION, "30")
    user, long_ago = factories.user("alice"), NOW - timedelta(days=400)
    for number, ended in enumerate([long_ago, NOW - timedelta(days=29), None]):
        phone = factories.phone(f"SEP00000000000{number}")
        profile = user.controlled_profiles.get().profile
        LoginSession.objects.create(phone=phone, account=user, profile=profile, started_at=long_ago, ended_at=ended)
    assert retention.purge(NOW)["ended sessions"] == 1
    assert LoginSession.objects.count() == 2


@pytest.mark.django_db
def test_the_purge_runs_every_night_once() -> None:
    retention.schedule_purge(NOW)
    retention.schedule_purge(NOW + timedelta(hours=1))
    first = Deadline.objects.get()
    assert first.due_at == datetime(2030, 5, 18, 2, 30, tzinfo=UTC)
    note(1000)
    assert ledger.fire_due_deadlines(NOW) == 0
    assert ledger.fire_due_deadlines(first.due_at) == 1
    assert not AuditEntry.objects.exists()
    assert Deadline.objects.get().due_at == first.due_at + timedelta(days=1)
