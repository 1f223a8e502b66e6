"""What a log-in costs the database: a guard against statements that creep in."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from roamline.rooms.directory.authentication import recently_right
from tests.doors.phone_screens.desk import DeskPhone
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db


def test_a_log_in_on_a_phone_takes_a_handful_of_statements(
    desk: DeskPhone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.open()
    with django_assert_max_num_queries(19):  # 16 of its own, and savepoints in place of transactions
        desk.submit("alice", PIN)
    recently_right.forget_all()
    with django_assert_max_num_queries(6):
        desk.open()


def test_a_log_out_on_a_phone_takes_a_handful_of_statements(
    desk: DeskPhone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.submit("alice", PIN)
    with django_assert_max_num_queries(19):
        desk.open(doLogout="true")
