"""The database really fails: a table is away while phones and applications go on asking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone
from tests.doors.em_api.application import LOBBY, Application
from tests.support import factories

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def away(table: str) -> Iterator[None]:
    """While the block runs the table is not there."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")


@pytest.mark.parametrize(
    "table",
    ["mobility_loginsession", "phones_phone", "ledger_effect", "parameters_parametervalue", "directory_account"],
)
def test_database_trouble_is_error_6_and_leaves_nothing_half_done(proxy: Application, table: str) -> None:
    phone = Phone.objects.filter(name=LOBBY).values().get()
    with away(table):
        assert proxy.login("alice") == 6
        assert proxy.logout() in {6, 19}
    assert Phone.objects.filter(name=LOBBY).values().get() == phone
    assert not LoginSession.objects.exists()
    assert proxy.login("alice") == 0


@pytest.mark.parametrize("table", ["mobility_loginsession", "phones_phone", "ledger_auditentry", "ledger_effect"])
def test_a_phone_shows_6_and_the_next_attempt_works(proxy: Application, table: str) -> None:
    factories.user("erin")
    query = {"device": LOBBY, "userid": "erin", "seq": factories.PIN}
    with away(table):
        shown = proxy.client.get("/emapp/EMAppServlet", query)
        assert b"Login is unavailable(6)" in shown.content
    assert not LoginSession.objects.exists()
    assert b"Login successful" in proxy.client.get("/emapp/EMAppServlet", query).content


def test_a_phone_that_opens_the_service_meanwhile_sees_6(proxy: Application) -> None:
    with away("phones_phone"):
        assert b"unavailable(6)" in proxy.client.get("/emapp/EMAppServlet", {"device": LOBBY}).content
        ticket = proxy.client.get("/emapp/EMAppServlet", {"device": LOBBY, "ticket": "1.9999999999.0.A"})
        assert b"unavailable(6)" in ticket.content


def test_a_wrong_pin_that_cannot_be_counted_is_6(proxy: Application) -> None:
    factories.user("erin")
    with away("ledger_auditentry"):
        query = {"device": LOBBY, "userid": "erin", "seq": "99999"}
        assert b"Login is unavailable(6)" in proxy.client.get("/emapp/EMAppServlet", query).content


@pytest.mark.parametrize("table", ["mobility_loginsession", "phones_phone"])
def test_attempts_that_met_6_are_audited_when_the_database_is_back(proxy: Application, table: str) -> None:
    factories.user("erin")
    query = {"device": LOBBY, "userid": "erin", "seq": factories.PIN}
    with away(table):
        for asked, said in ((query, b"Login"), ({"device": LOBBY, "doLogout": "true"}, b"Logout")):
            shown = proxy.client.get("/emapp/EMAppServlet", asked).content
            assert said + b" is unavailable(6)" in shown
    assert not AuditEntry.objects.filter(result=6).exists()
    assert b"Login successful" in proxy.client.get("/emapp/EMAppServlet", query).content
    late = AuditEntry.objects.filter(result=6).order_by("id")
    assert [(e.action, e.user_id, e.device) for e in late] == [("em.login", "erin", LOBBY), ("em.logout", "", LOBBY)]
    assert {entry.reason for entry in late} <= {"OperationalError", "ProgrammingError"}
    assert late[0].at < AuditEntry.objects.get(action="em.login", succeeded=True).at
