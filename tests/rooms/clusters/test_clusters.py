"""The room of clusters: where users are, what is learned, what is claimed twice (RO-3 to RO-6, RO-24, RO-25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import sealing, service, store
from roamline.rooms.clusters.models import Conflict, Record, Unapplied
from roamline.rooms.clusters.service import conflicts, learning, overview
from roamline.rooms.clusters.service.patterns import overlap
from roamline.rooms.dialplan.models import DirectoryNumber, Partition
from tests.rooms.clusters.others import AUTHOR, Other, join_network
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def network() -> None:
    """This cluster is HQ, a hub."""
    join_network(NOW)


@pytest.fixture
def east() -> Other:
    return Other("EAST", 1)


def route(number: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cluster, is_here, rank FROM kamailio_route WHERE number = %s ORDER BY rank", [number])
        return list(cursor.fetchall())


def log_in_here(user: str, now: datetime) -> int | None:
    with transaction.atomic():
        return service.log_in(user, ["1005"], "SEP1", now)


def where(user: str) -> tuple[str, bool]:
    found = service.where_is(user)
    assert found is not None
    return found.place.name, found.ended


@pytest.mark.proves("RO-40")
def test_calls_go_where_the_user_is_now_and_home_after_the_log_out(east: Other) -> None:
    Partition.objects.create(name="All")
    DirectoryNumber.objects.create(pattern="1005", partition=Partition.objects.get())
    east.says("login", {"erin": {"ended": False, "numbers": ["1005"]}}, NOW + timedelta(seconds=1))
    assert route("1005")[0] == ("EAST", 0, 1)
    assert where("erin") == ("EAST", False)
    since = NOW + timedelta(seconds=2)
    east.says("login", {"erin": {"ended": True, "since": 1}}, since)
    assert [row[0] for row in route("1005")] == ["HQ"]


@pytest.mark.proves("RO-5")
def test_the_newer_log_in_wins_and_a_clock_that_is_ahead_does_not_change_it(east: Other) -> None:
    east.says("login", {"erin": {"ended": False, "numbers": ["1005"]}}, NOW + timedelta(minutes=3))
    assert where("erin")[0] == "EAST"
    log_in_here("erin", NOW)  # by this clock three minutes before, in truth after
    assert where("erin")[0] == "HQ"
    assert route("1005")[0] == ("HQ", 1, 1)


@pytest.mark.proves("RO-5")
def test_a_late_log_out_of_an_older_session_changes_nothing(east: Other) -> None:
    since = log_in_here("erin", NOW)
    assert since is not None
    east.says("login", {"erin": {"ended": False}}, NOW + timedelta(seconds=5))
    service.log_out("erin", NOW + timedelta(seconds=10), since)
    assert where("erin") == ("EAST", False)


def test_a_log_out_of_another_session_than_the_one_that_stands_is_passed_over() -> None:
    first = log_in_here("erin", NOW)
    log_in_here("erin", NOW + timedelta(seconds=1))
    service.log_out("erin", NOW + timedelta(seconds=2), first)
    assert where("erin") == ("HQ", False)


def test_who_is_logged_in_here_is_told_of_a_newer_log_in_elsewhere(
    east: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(learning, "_log_in_listeners", [lambda user, at, now: gone.append(f"{user} {at.place.name}")])
    log_in_here("erin", NOW)
    east.says("login", {"erin": {"ended": False}, "bob": {"ended": False}}, NOW + timedelta(seconds=5))
    assert gone == ["erin EAST"]


@pytest.mark.proves("RO-25")
def test_a_number_of_two_clusters_leads_to_the_first_and_is_listed_with_owners(east: Other) -> None:
    west = Other("WEST", 2)
    west.says("number", {"2001": {"owner": "gina"}}, NOW + timedelta(seconds=1))
    east.says("number", {"2001": {"owner": "frank"}, "2002": {}}, NOW)
    assert [row[0] for row in route("2001")] == ["EAST"]
    conflicts.look(NOW)
    assert list(Conflict.objects.values_list("kind", "key", "clusters")) == [
        ("number", "2001", ["EAST (frank)", "WEST (gina)"])
    ]
    east.says("number", {"2001": None}, NOW + timedelta(seconds=9))
    assert [row[0] for row in route("2001")] == ["WEST"]
    assert conflicts.look(NOW) == 0


@pytest.mark.proves("RO-25")
def test_patterns_that_overlap_are_listed(east: Other) -> None:
    Other("WEST", 2).says("pattern", {"2[0-4]XX": {}}, NOW)
    east.says("pattern", {"2XXX": {}, "3XXX": {}}, NOW + timedelta(seconds=1))
    assert [claim.key for claim in conflicts.find()] == ["2[0-4]XX / 2XXX"]


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [("1XXX", "1001", True), ("1XXX", "2XXX", False), ("9.!", "911", True), ("9.!", "9", False), ("!", "!", True),
     ("1[^0-4]X", "12X", False), ("+49!", "+4930", True)],
)  # fmt: skip
def test_patterns_overlap(one: str, other: str, is_so: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is is_so


@pytest.mark.proves("RO-6")
def test_what_is_over_the_limit_is_kept_but_routes_nothing_and_log_ins_never_count(east: Other) -> None:
    numbers: dict[str, dict[str, Any] | None] = {str(n): {} for n in range(2000, 2010)}
    east.says("number", numbers, NOW, limit=6)
    east.says("login", {"erin": {"ended": False, "numbers": ["1005"]}}, NOW, limit=6)
    assert Record.objects.filter(kind="number").count() == 10
    assert sum(bool(route(number)) for number in numbers) == store.learned_objects() == 6
    assert route("1005")[0][0] == "EAST"
    assert store.use_more(8) == 2
    assert store.learned_objects() == 8


def test_a_number_that_is_added_here_is_said_in_the_same_transaction(east: Other) -> None:
    partition = Partition.objects.create(name="All")
    number = DirectoryNumber.objects.create(pattern="1001", partition=partition)
    assert route("1001") == [("HQ", 1, 2)]
    number.delete()
    assert route("1001") == []


@pytest.mark.proves("RO-4")
def test_a_repair_says_what_came_in_by_a_bulk_statement() -> None:
    partition = Partition.objects.create(name="All")
    DirectoryNumber.objects.bulk_create(DirectoryNumber(pattern=str(n), partition=partition) for n in range(1000, 1020))
    assert service.publish(NOW) >= 20
    assert service.publish(NOW) == 0
    DirectoryNumber.objects.filter(pattern="1000")._raw_delete("default")
    assert service.publish(NOW) == 1


def test_a_record_that_cannot_be_taken_up_stops_nothing_and_is_tried_again(
    east: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[str] = []
    broken = [True]

    def reader(record: service.Received, _now: datetime) -> None:
        if record.key == "b" and broken[0]:
            raise ValueError("not now")
        learned.append(record.key)

    monkeypatch.setitem(learning._readers, "super_user", reader)
    east.says("super_user", {"a": {}, "b": {}, "c": {}}, NOW)
    assert learned == ["a", "c"]
    assert overview.look(NOW).unapplied == Unapplied.objects.count() == 1
    broken[0] = False
    service.try_again(NOW)
    assert learned == ["a", "c", "b"]
    assert not Unapplied.objects.exists()


def test_a_cluster_that_stands_alone_says_nothing() -> None:
    service.membership.stand_alone(NOW)
    before = Record.objects.count()
    assert log_in_here("erin", NOW) is None
    assert service.append("super_user", "erin", {}, NOW) is None
    assert Record.objects.count() == before


def test_the_password_and_the_network_s_key_are_sealed() -> None:
    row = service.network()
    assert "a shared password" not in row.sealed_password
    key = service.network_key()
    assert key is not None
    assert len(key) == 32
    assert service.membership.password() == Secret("a shared password")


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (service.Plan("spoke", password=Secret("a shared password")), "registration server"),
        (service.Plan("hub", password=Secret("short")), "12 characters"),
        (service.Plan("hub"), "password, TLS certificates"),
        (service.Plan("elsewhere"), "hub or spoke"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan: service.Plan, reason: str) -> None:
    with pytest.raises(service.CannotJoin, match=reason):
        service.take_part(plan, AUTHOR, NOW)


def test_the_interval_and_the_password_are_changed_without_leaving() -> None:
    before = service.network()
    service.change(AUTHOR, NOW, interval_minutes=5, password=Secret("another shared password"))
    row = service.network()
    assert (row.interval_minutes, row.role, row.revision) == (5, before.role, before.revision + 1)
    assert service.membership.password() == Secret("another shared password")
    with pytest.raises(service.CannotJoin, match="12 characters"):
        service.change(AUTHOR, NOW, password=Secret("short"))
    with pytest.raises(service.CannotJoin, match="1440"):
        service.change(AUTHOR, NOW, interval_minutes=0)


def test_a_new_epoch_begins_what_only_others_know_of(east: Other) -> None:
    machine, identity = store.DatabaseStore(100), sealing.identity()
    log_in_here("erin", NOW)
    machine.mint_epoch(identity, NOW, kinds=["number", "headset"])
    streams = {stream.kind: at for stream, at in machine.positions().items() if stream.origin == identity.origin}
    assert (streams["login"].n, streams["headset"].n) == (1, 0)
    assert len({at.epoch for at in streams.values()}) == 1
    heads = {head.stream.kind: head for head in machine.heads() if head.stream.origin == identity.origin}
    assert (heads["headset"].position, heads["headset"].count) == (streams["headset"], 0)
