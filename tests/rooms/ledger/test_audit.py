from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from roamline.rooms.ledger import service
from roamline.rooms.ledger.models import AuditEntry, AuditPurge
from tests.support import audit_guard
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

LATE = datetime(2030, 5, 16, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The database refuses as in service; the test's transaction takes the triggers away again."""
    audit_guard.raise_again()


def _entry(**fields: object) -> AuditEntry:
    service.record(at=NOW, action="em.login", user_id="alice", device="SEP1", **fields)  # type: ignore[arg-type]
    return AuditEntry.objects.latest("id")


def _is_refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


@pytest.mark.proves("EM-46")
def test_an_entry_says_who_what_when_from_where_and_why() -> None:
    entry = _entry(
        actor="bob", way="em api", source="192.0.2.7", subject="EM_alice", result=25, succeeded=False,
        reason="the user is logged in on SEP2", details={"session": "x"},
    )  # fmt: skip
    assert (entry.at, entry.action, entry.actor, entry.way, entry.source) == (
        NOW, "em.login", "bob", "em api", "192.0.2.7",
    )  # fmt: skip
    assert (entry.user_id, entry.device, entry.subject, entry.result) == ("alice", "SEP1", "EM_alice", 25)
    assert (entry.succeeded, entry.reason, entry.details) == (False, "the user is logged in on SEP2", {"session": "x"})


def test_a_text_longer_than_its_column_is_cut_and_written() -> None:
    entry = _entry(actor="a" * 500, reason="r" * 5000, subject="s" * 5000)
    assert (len(entry.actor), len(entry.reason), len(entry.subject)) == (128, 500, 200)


@pytest.mark.proves("EM-46")
def test_the_database_refuses_to_change_an_entry() -> None:
    entry = _entry()
    assert _is_refused("UPDATE ledger_auditentry SET reason = 'nothing' WHERE id = %s", entry.pk)
    assert _is_refused("UPDATE ledger_auditentry SET at = at")
    assert AuditEntry.objects.get().reason == ""


@pytest.mark.proves("EM-46")
def test_the_database_refuses_to_delete_an_entry() -> None:
    _entry()
    assert _is_refused("DELETE FROM ledger_auditentry")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1


@pytest.mark.proves("EM-46")
def test_the_database_refuses_to_put_another_entry_in_an_entrys_place() -> None:
    entry = _entry(reason="the truth")
    statement = (
        "INSERT INTO ledger_auditentry (id, uuid, at, action, actor, way, source, user_id, device, subject, result,"
        " succeeded, reason, details) SELECT id, uuid, at, action, actor, way, source, user_id, device, subject,"
        " result, succeeded, 'a lie', details FROM ledger_auditentry WHERE id = %s"
    )
    if connection.vendor == "sqlite":
        statement = statement.replace("INSERT INTO", "INSERT OR REPLACE INTO")
    else:
        statement += " ON CONFLICT (id) DO UPDATE SET reason = excluded.reason"
    assert _is_refused(statement, entry.pk)
    assert AuditEntry.objects.get().reason == "the truth"
    _entry()
    assert AuditEntry.objects.count() == 2


@pytest.mark.proves("EM-46")
@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_empty_the_audit_trail() -> None:
    _entry()
    assert _is_refused("TRUNCATE ledger_auditentry CASCADE")
    assert AuditEntry.objects.count() == 1


@pytest.mark.proves("EM-46")
def test_a_purge_removes_whole_days_that_it_names_and_no_other() -> None:
    service.record(at=LATE, action="yesterday")
    service.record(at=LATE + timedelta(microseconds=1), action="today")
    AuditPurge.objects.create(day=date(2030, 5, 16), removed=1, purged_at=NOW)
    assert _is_refused("DELETE FROM ledger_auditentry WHERE action = 'today'")
    assert not _is_refused("DELETE FROM ledger_auditentry WHERE action = 'yesterday'")
    assert [entry.action for entry in AuditEntry.objects.all()] == ["today"]
    assert _is_refused("UPDATE ledger_auditentry SET reason = ''")


def test_an_entry_goes_with_its_cause_when_that_is_rolled_back() -> None:
    with transaction.atomic():
        _entry()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
