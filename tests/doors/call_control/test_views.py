"""The views that Kamailio reads come and go with migrations, on the database that the tests use."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from roamline.doors.call_control import views
from roamline.platform import sql

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_view_can_be_read():
    for name in views.names():
        assert sql.rows(f"SELECT * FROM {name}") == []


def test_migrating_drops_them_and_makes_them_again():
    views.drop()
    views.drop()
    call_command("migrate", verbosity=0)
    for name in views.names():
        sql.rows(f"SELECT * FROM {name}")


def test_a_column_that_they_use_can_be_altered_while_they_are_dropped():
    from django.db import connection

    from roamline.rooms.phones.models import Phone

    old = Phone._meta.get_field("firmware")
    new = old.clone()
    new.max_length = 40
    new.set_attributes_from_name("firmware")
    views.drop_before_migrating()
    with connection.schema_editor() as editor:
        editor.alter_field(Phone, old, new, strict=False)
    with connection.schema_editor() as editor:
        editor.alter_field(Phone, new, old, strict=False)
    views.create_after_migrating()
    for name in views.names():
        sql.rows(f"SELECT * FROM {name}")
