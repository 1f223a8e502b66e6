"""On SQLite, the small table that calls ask misses nothing that numbers have, whoever writes, and in whatever order."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from roamline.doors.call_control import views
from roamline.platform import sql
from roamline.rooms.clusters.models import Cluster, Place
from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan.models import DirectoryNumber, Partition, RoutePattern
from roamline.rooms.features.models import ManagerSettings
from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line
from roamline.rooms.roaming.models import ReplicaNumber
from tests.support import factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        "sql.is_postgresql()", reason="there is no such table on PostgreSQL; the step on SQLite runs them all"
    ),
]


@pytest.fixture
def numbers(db):
    partition = Partition.objects.create(name="Inside")
    return [DirectoryNumber.objects.create(pattern=f"100{n}", partition=partition) for n in range(10)]


@pytest.fixture
def lines(numbers):
    model = factories.model(keys=10)
    profiles = [DeviceProfile.objects.create(name=f"EM_{n}", model=model) for n in range(2)]
    return [
        Line.objects.create(profile=profiles[n % 2], index=1 + n // 2, button=1 + n // 2, directory_number=number)
        for n, number in enumerate(numbers[:6])
    ]


def traits() -> dict[str, set[str]]:
    """By trait, the numbers that are said to have it."""
    names = ("rival", "forwards", "diverts", "roams", "watched")
    found = sql.rows("SELECT number, traits FROM kamailio_trait")
    return {name: {str(number) for number, has in found if has & 1 << at} for at, name in enumerate(names)}


def forward(line: Line) -> Forward:
    return Forward.objects.create(line=line, kind=Forward.ALL, destination="1009")


def divert(profile: DeviceProfile, **switches: bool) -> ManagerSettings:
    return ManagerSettings.objects.create(profile=profile, **switches)


def test_numbers_without_any_stand_nowhere(lines):
    assert traits() == {name: set() for name in ("rival", "forwards", "diverts", "roams", "watched")}


def test_a_forward_counts_for_its_lines_number_also_where_line_and_number_change(numbers, lines):
    moving = forward(lines[0])
    assert traits()["forwards"] == {"1000"}
    moving.line = lines[1]
    moving.save()
    assert "1001" in traits()["forwards"]
    lines[1].directory_number = numbers[7]
    lines[1].save()
    assert "1007" in traits()["forwards"]
    DirectoryNumber.objects.filter(pattern="1007").update(pattern="1017")
    assert "1017" in traits()["forwards"]


def test_forwards_made_many_at_once_count_also_where_some_are_there_already(lines):
    forward(lines[0])
    Forward.objects.bulk_create(
        [Forward(line=line, kind=Forward.ALL, destination="1009") for line in lines], ignore_conflicts=True
    )
    assert traits()["forwards"] == {line.directory_number.pattern for line in lines}


def test_a_manager_who_diverts_counts_for_all_numbers_of_the_profile(numbers, lines):
    settings = divert(lines[0].profile)
    assert traits()["diverts"] == set()
    settings.filter_on = True
    settings.save()
    assert traits()["diverts"] == {"1000", "1002", "1004"}
    Line.objects.create(profile=lines[0].profile, index=9, button=9, directory_number=numbers[9])
    assert "1009" in traits()["diverts"]
    lines[1].profile, lines[1].index, lines[1].button = lines[0].profile, 8, 8
    lines[1].save()
    assert "1001" in traits()["diverts"]
    divert(lines[3].profile, divert_all=True)
    assert traits()["diverts"] >= {"1003", "1005"}


def test_numbers_of_other_clusters_and_of_users_elsewhere_roam(numbers):
    cluster = Cluster.objects.create(origin="east", name="EAST", is_member=True)
    place = Place.objects.create(number="1003", user_id="alice", cluster=cluster, since=1)
    replica = ReplicaNumber.objects.create(origin="east", number=numbers[4])
    assert traits()["roams"] == {"1003", "1004"}
    place.number = "1005"
    place.save()
    replica.number = numbers[6]
    replica.save()
    assert traits()["roams"] >= {"1005", "1006"}


def test_a_pattern_of_plain_digits_is_a_rival_of_the_number(numbers):
    saved = dialplan.save_route_pattern(RoutePattern(pattern="1008", partition=numbers[0].partition))
    assert isinstance(saved, RoutePattern)
    assert "1008" in traits()["rival"]


def test_a_lamp_watches_its_number_and_a_speed_dial_does_not(lines):
    made = {"profile": lines[0].profile, "label": "Bob"}
    Button.objects.create(kind="blf", position=20, number="1001", **made)
    speed_dial = Button.objects.create(kind="speed_dial", position=21, number="1002", **made)
    assert traits()["watched"] == {"1001"}
    speed_dial.kind = "blf"
    speed_dial.save()
    assert traits()["watched"] == {"1001", "1002"}


def test_statements_that_replace_rows_take_no_trait_away(lines):
    forward(lines[1])
    lamp = Button.objects.create(profile=lines[0].profile, kind="blf", position=20, number="1001", label="Bob")
    names = ", ".join(f'"{field.column}"' for field in Button._meta.concrete_fields)
    sql.run(
        f"INSERT OR REPLACE INTO phones_button ({names}) SELECT {names} FROM phones_button WHERE id = %s", [lamp.pk]
    )
    assert traits()["forwards"] == traits()["watched"] == {"1001"}


def test_lines_that_are_read_back_before_their_numbers_count(lines):
    forward(lines[0])
    number = lines[0].directory_number
    sql.run("DELETE FROM kamailio_trait")
    with connection.constraint_checks_disabled():
        DirectoryNumber.objects.filter(pk=number.pk)._raw_delete(using="default")
        number.save(force_insert=True)
    assert "1000" in traits()["forwards"]


@pytest.mark.django_db(transaction=True)
def test_migrations_find_what_there_is_and_forget_what_is_gone(numbers, lines):
    forward(lines[0])
    forward(lines[1]).delete()
    divert(lines[2].profile, divert_all=True)
    Button.objects.create(profile=lines[0].profile, kind="blf", position=20, number="1001", label="Bob")
    assert traits()["forwards"] == {"1000", "1001"}
    views.drop()
    call_command("migrate", verbosity=0)
    assert traits() == {
        "rival": set(), "forwards": {"1000"}, "diverts": {"1000", "1002", "1004"}, "roams": set(), "watched": {"1001"},
    }  # fmt: skip
    forward(lines[3])
    assert traits()["forwards"] == {"1000", "1003"}
