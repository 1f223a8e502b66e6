"""Lists of what is only looked at: as many queries for 300 rows as for 3, filled or found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roamline.doors.admin_web.finding import FindList
from roamline.rooms.bulk.models import Job
from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory.models import Account, GuessingSource
from roamline.rooms.emcc.models import RemoteClusterServices
from roamline.rooms.features.models import CallBack
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.parameters.models import ParameterValue
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.nouns import NOUNS
from tests.doors.admin_web.small_site import NOW

Make = Callable[[Any, int], Any]


def _session(site: Any, n: int) -> LoginSession:
    phone = Phone.objects.get(name="SEP0011AA220001")
    return LoginSession(phone=phone, account_id=site.alice.pk, profile=site.profile, started_at=NOW, way="phone",
                        ended_at=NOW + timedelta(seconds=n))  # fmt: skip


def _call_back(site: Any, n: int) -> CallBack:
    phone = Phone.objects.get(name="SEP0011AA220001")
    number = DirectoryNumber.objects.create(pattern=str(50_000 + n), partition=site.routing.internal)
    return CallBack(phone=phone, account=site.alice, line="1901", number=number, waits_for=CallBack.IDLE,
                    asked_at=NOW, expires_at=NOW)  # fmt: skip


RECORDS: dict[Any, Make] = {
    CallBack: _call_back,
    LoginSession: _session,
    AuditEntry: lambda _site, n: AuditEntry(at=NOW, action="em.login", user_id=f"user{n}"),
    Deadline: lambda _site, n: Deadline(kind="test", subject=str(n), due_at=NOW),
    Effect: lambda _site, n: Effect(kind="test", subject=str(n), due_at=NOW),
    GuessingSource: lambda _site, n: GuessingSource(source=f"192.0.2.{n}", last_failure_at=NOW),
    RemoteClusterServices: lambda _site, n: RemoteClusterServices(origin=f"origin{n}", name=f"CLUSTER{n}"),
    Job: lambda _site, _n: Job(kind="import", table="users", created_at=NOW, state="done"),
}


def test_every_list_of_the_administration_is_counted_somewhere() -> None:
    without_a_list = {ParameterValue, Account}
    assert set(django_admin.site._registry) == {*RECORDS, *(noun.model for noun in NOUNS), *without_a_list}


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: str(model.__name__))
def test_a_list_of_300_records_asks_no_more_queries_than_one_of_3(model: Any, small_site: Any, admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            response = admin.get(pages.list_of(model), {"all": ""})
        assert response.status_code == 200
        return len(captured)

    model.objects.bulk_create([RECORDS[model](small_site, n) for n in range(3)])
    few = queries()
    model.objects.bulk_create([RECORDS[model](small_site, n) for n in range(3, 300)])
    assert queries() == few


def test_a_list_makes_its_headers_once_not_for_every_row(
    small_site: Any, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    query_string = FindList.get_query_string

    def noted(self: Any, new_params: Any = None, remove: Any = None) -> str:
        asked.append(str(new_params))
        return str(query_string(self, new_params, remove))

    monkeypatch.setattr(FindList, "get_query_string", noted)
    assert len(admin.get(pages.list_of(Phone), {"o": "1"}).context["cl"].result_list) > 1
    assert asked.count("{'o': '-1'}") == 2  # one column's header: to turn its order, and to sort by it first
