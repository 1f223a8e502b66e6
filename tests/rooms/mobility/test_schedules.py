"""Log-outs at a time of day: "everybody at 19:00", "this site on Friday", "this user everywhere" (BL-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from roamline.processes import cli
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession, LogOutSchedule
from roamline.rooms.mobility.rules.schedules import (
    InvalidSchedule,
    Timing,
    Whom,
    days_of_week,
    next_time,
    time_of_day,
)
from roamline.rooms.mobility.service import By, LogIn, Way, calls, schedules
from roamline.rooms.mobility.service.schedules import add_schedule, preview, remove_schedule
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.factories import NOW

EVENING = Timing(time(19, 0))
FRIDAY = Timing(time(18, 30), frozenset({4}))
LOBBY, SEOUL = "SEP0011AA220001", "SEP0011AA220002"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("timing", "zone", "after", "expected"),
    [
        (EVENING, "UTC", utc(2030, 5, 17, 9, 30), utc(2030, 5, 17, 19)),
        (EVENING, "UTC", utc(2030, 5, 17, 19, 0), utc(2030, 5, 18, 19)),
        (EVENING, "Asia/Seoul", utc(2030, 5, 17, 9, 30), utc(2030, 5, 17, 10)),
        (EVENING, "Asia/Seoul", utc(2030, 5, 17, 10, 30), utc(2030, 5, 18, 10)),
        (FRIDAY, "UTC", utc(2030, 5, 17, 9, 30), utc(2030, 5, 17, 18, 30)),
        (FRIDAY, "UTC", utc(2030, 5, 17, 18, 30), utc(2030, 5, 24, 18, 30)),
        (FRIDAY, "Pacific/Auckland", utc(2030, 5, 17, 9), utc(2030, 5, 24, 6, 30)),
        # The clocks of Berlin go forward on 31 March 2030 at 2:00, and back on 27 October at 3:00.
        (Timing(time(2, 30)), "Europe/Berlin", utc(2030, 3, 31), utc(2030, 3, 31, 1, 30)),
        (Timing(time(2, 30)), "Europe/Berlin", utc(2030, 10, 27), utc(2030, 10, 27, 0, 30)),
        (Timing(time(2, 30)), "Europe/Berlin", utc(2030, 10, 27, 0, 30), utc(2030, 10, 28, 1, 30)),
        (EVENING, "Nowhere/Atall", utc(2030, 5, 17, 9, 30), utc(2030, 5, 17, 19)),
        (Timing(time(7), once_on=date(2030, 5, 18)), "UTC", NOW, utc(2030, 5, 18, 7)),
        (Timing(time(7), once_on=date(2030, 5, 17)), "UTC", NOW, None),
        (Timing(time(7), frozenset()), "UTC", NOW, None),
    ],
)  # fmt: skip
def test_a_schedule_comes_at_its_wall_clock_time(
    timing: Timing, zone: str, after: datetime, expected: datetime | None
) -> None:
    assert next_time(timing, zone, after) == expected


@pytest.mark.parametrize(("text", "expected"), [("19:00", time(19)), ("7:05", time(7, 5)), ("23:59", time(23, 59))])
def test_a_time_of_day_is_hours_and_minutes(text: str, expected: time) -> None:
    assert time_of_day(text) == expected


@pytest.mark.parametrize("text", ["24:00", "19", "19:60", ":30", "", "seven"])
def test_any_other_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidSchedule, match="HH:MM"):
        time_of_day(text)


def test_days_are_named() -> None:
    assert (days_of_week("fri"), days_of_week("Mon, tuesday")) == ({4}, {0, 1})
    assert len(days_of_week("daily")) == len(days_of_week("")) == 7
    with pytest.raises(InvalidSchedule):
        days_of_week("someday")


@pytest.fixture
def site(db: None) -> Iterator[None]:
    """A lobby on UTC and an office in Seoul; alice is in the lobby, bob in Seoul."""
    factories.phone(LOBBY)
    seoul = factories.device_pool("Seoul office", time_zone="Asia/Seoul")
    factories.phone(SEOUL)
    Phone.objects.filter(name=SEOUL).update(device_pool=seoul)
    for user_id, device in (("alice", LOBBY), ("bob", SEOUL)):
        factories.user(user_id)
        mobility.log_in(LogIn(device, user_id, None), By("root", Way.ADMINISTRATOR), NOW)
    asked = list(calls._questions)
    calls._questions.clear()
    yield
    calls._questions[:] = asked


def add(timing: Timing = EVENING, name: str = "evening", **more: object) -> LogOutSchedule:
    return add_schedule(name=name, timing=timing, actor="root", now=NOW, **more)  # type: ignore[arg-type]


def run_engine(now: datetime) -> None:
    ledger.fire_due_deadlines(now)
    ledger.perform_due_effects(now)


def logged_in() -> set[str]:
    return set(LoginSession.objects.filter(ended_at=None).values_list("account__user_id", flat=True))


@pytest.mark.proves("BL-2")
def test_everybody_is_logged_out_at_each_sites_own_seven_o_clock_every_day(site: None) -> None:
    add()
    run_engine(NOW + timedelta(minutes=29))
    assert logged_in() == {"alice", "bob"}
    run_engine(utc(2030, 5, 17, 10, 0))
    assert logged_in() == {"alice"}
    run_engine(utc(2030, 5, 17, 19, 0))
    assert logged_in() == set()
    ended = LoginSession.objects.get(account__user_id="bob")
    assert (ended.ended_way, ended.ended_at) == ("schedule", utc(2030, 5, 17, 10, 0))
    assert {e.actor for e in AuditEntry.objects.filter(action="em.logout")} == {"schedule evening"}
    assert sorted(d.due_at for d in Deadline.objects.all()) == [
        utc(2030, 5, 18, 10), utc(2030, 5, 18, 19),
    ]  # fmt: skip


def test_a_site_on_friday_meets_its_own_phones_only(site: None) -> None:
    pool = Phone.objects.get(name=SEOUL).device_pool
    add(FRIDAY, whom=Whom.DEVICE_POOL, device_pool=pool)
    assert [(d.due_at, d.payload) for d in Deadline.objects.all()] == [
        (utc(2030, 5, 24, 9, 30), {"time_zone": "Asia/Seoul"})
    ]
    run_engine(utc(2030, 5, 24, 9, 30))
    assert logged_in() == {"alice"}


def test_a_user_is_met_wherever_they_are(site: None) -> None:
    alice = Account.objects.get(user_id="alice")
    schedule = add(whom=Whom.USER, account=alice)
    assert [met.device for met in preview(schedule)] == [LOBBY]
    run_engine(utc(2030, 5, 17, 19, 0))
    assert logged_in() == {"bob"}


def test_the_preview_says_who_is_in_a_call_and_changes_nothing(site: None) -> None:
    calls.ask_about_calls(lambda device: device == LOBBY)
    met = preview(add())
    assert [(each.user_id, each.device, each.device_pool, each.is_in_call) for each in met] == [
        ("alice", LOBBY, "Lobby", True), ("bob", SEOUL, "Seoul office", False),
    ]  # fmt: skip
    assert logged_in() == {"alice", "bob"}


def test_who_is_in_a_call_stays_until_it_ends(site: None) -> None:
    in_call = [True]
    calls.ask_about_calls(lambda device: device == LOBBY and in_call[0])
    add()
    due = utc(2030, 5, 17, 19, 0)
    run_engine(due)
    assert logged_in() == {"alice"}
    in_call[0] = False
    ledger.perform_due_effects(due + timedelta(seconds=10))
    assert logged_in() == set()


def test_a_schedule_missed_while_every_node_was_down_comes_late_and_once(site: None) -> None:
    add()
    late = utc(2030, 5, 19, 12, 0)
    run_engine(late)
    assert logged_in() == set()
    assert ledger.fire_due_deadlines(late) == 0
    assert all(deadline.due_at > late for deadline in Deadline.objects.all())


def test_once_is_once(site: None) -> None:
    add(Timing(time(19), once_on=date(2030, 5, 17)))
    run_engine(utc(2030, 5, 17, 19))
    assert logged_in() == set()
    assert not Deadline.objects.exists()


def test_a_removed_or_disabled_schedule_does_not_come(site: None) -> None:
    schedule = add()
    mobility.enable_schedule(schedule, False, actor="root", now=NOW)
    assert not Deadline.objects.exists()
    mobility.enable_schedule(schedule, True, actor="root", now=NOW)
    assert Deadline.objects.count() == 2
    remove_schedule(schedule, actor="root", now=NOW)
    assert not Deadline.objects.exists()


def test_a_site_in_a_new_time_zone_is_planned_for(site: None) -> None:
    add()
    factories.device_pool("Lisbon", time_zone="Europe/Lisbon")
    schedules.plan_all(NOW)
    assert Deadline.objects.count() == 3


@pytest.mark.parametrize(
    "bad",
    [
        {"whom": Whom.USER},
        {"whom": Whom.DEVICE_POOL},
        {"timing": Timing(time(7), frozenset())},
        {"timing": Timing(time(7), once_on=date(2030, 5, 16))},
        {"timing": Timing(time(9), once_on=date(2030, 5, 17))},  # it is later than that here and in Seoul
    ],
)
def test_a_schedule_for_nobody_or_never_is_refused_and_leaves_nothing(site: None, bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        add(**bad)  # type: ignore[arg-type]
    assert not LogOutSchedule.objects.exists()
    assert not Deadline.objects.exists()


def test_a_single_date_that_has_passed_here_may_be_to_come_elsewhere_and_is_not_enabled_again(site: None) -> None:
    factories.device_pool("New York", time_zone="America/New_York")
    schedule = add(Timing(time(9), once_on=date(2030, 5, 17)))
    assert [d.due_at for d in Deadline.objects.all()] == [utc(2030, 5, 17, 13)]
    mobility.enable_schedule(schedule, False, actor="root", now=NOW)
    with pytest.raises(ValidationError, match="has passed at every site"):
        mobility.enable_schedule(schedule, True, actor="root", now=NOW + timedelta(days=1))
    assert not LogOutSchedule.objects.get().enabled


def test_the_command_line_adds_lists_previews_and_removes(site: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schedule", "add", "evening", "--at", "19:00", "--days", "fri", "--pool", "Seoul office"]) == 0
    assert "evening: Seoul office, fri 19:00" in capsys.readouterr().out
    assert cli.main(["schedule", "list"]) == 0
    assert "Asia/Seoul" in capsys.readouterr().out
    assert cli.main(["schedule", "preview", "evening"]) == 0
    assert "1 would be logged out now, 0 of them after their call." in capsys.readouterr().out
    for wrong in (
        ["--at", "25:00"], ["--at", "19:00", "--days", "x"], ["--at", "19:00", "--on", "soon"],
        ["--at", "19:00", "--on", "2001-01-01"],
    ):  # fmt: skip
        assert cli.main(["schedule", "add", "bad", *wrong]) == 2
    assert cli.main(["schedule", "add", "bad", "--at", "19:00", "--pool", "Nowhere"]) == 1
    assert cli.main(["schedule", "disable", "evening"]) == 0
    assert cli.main(["schedule", "remove", "evening"]) == 0
    assert cli.main(["schedule", "remove", "evening"]) == 1
    assert not LogOutSchedule.objects.exists()
