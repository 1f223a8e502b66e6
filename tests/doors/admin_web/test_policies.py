"""Policies on the pages: scheduled log-outs with their preview, the credential policy, user profiles, lock-outs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account, CredentialPolicy, GuessingSource, UserProfile
from roamline.rooms.ledger.models import AuditEntry, Deadline
from roamline.rooms.mobility.models import LoginSession, LogOutSchedule
from roamline.rooms.mobility.service import calls
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in
from tests.doors.admin_web.test_roles import deed

POLICY = "/admin/credential-policy/"
EVENING = {"name": "evening", "whom": "everybody", "at": "19:00", "days": ["0", "1", "2", "3", "4"]}


def add(admin: Client, **fields: Any) -> Any:
    """Fill in the form of a new schedule."""
    return pages.send(admin, pages.add_to(LogOutSchedule), {**EVENING, "enabled": "on", **fields})


@pytest.fixture
def in_a_call() -> Any:
    """Phones that are in a call as long as their name is in the set."""
    asked, busy = list(calls._questions), set()
    calls._questions[:] = [lambda device: device in busy]
    yield busy
    calls._questions[:] = asked


@pytest.mark.proves("BL-2")
def test_a_schedule_is_added_planned_changed_and_deleted_with_its_deadlines(small_site: Any, admin: Client) -> None:
    assert add(admin).status_code == 302
    schedule = LogOutSchedule.objects.get(name="evening")
    assert schedule.days == "01234"
    assert AuditEntry.objects.get(action="schedule.added").subject == "evening"
    planned = Deadline.objects.get(kind="mobility.scheduled_log_out")
    assert planned.due_at.strftime("%H:%M") == "19:00"
    assert pages.send(admin, pages.address_of(schedule), {"at": "20:30", "days": ["5"]}).status_code == 302
    planned = Deadline.objects.get(kind="mobility.scheduled_log_out")
    assert planned.due_at.strftime("%H:%M %a") == "20:30 Sat"
    pages.send(admin, pages.address_of(schedule), {}, without=("enabled",))
    assert not Deadline.objects.filter(kind="mobility.scheduled_log_out").exists()
    pages.send(admin, pages.address_of(schedule), {"enabled": "on"})
    assert admin.post(pages.address_of(schedule, "delete"), {"post": "yes"}).status_code == 302
    assert not Deadline.objects.filter(kind="mobility.scheduled_log_out").exists()
    actions = list(AuditEntry.objects.filter(subject__contains="evening").values_list("action", flat=True))
    assert (actions[0], actions[-1]) == ("schedule.deleted", "schedule.added")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at": "25:00"}, "Enter a valid time"),
        ({"days": []}, "This field is required"),
        ({"whom": "device pool"}, "Name a device pool when the schedule is for one"),
        ({"once_on": "2020-01-01"}, "That time has passed"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_schedule_that_fits_together_nowhere_is_refused_at_its_field(
    fields: dict[str, Any], said: str, small_site: Any, admin: Client
) -> None:
    assert said in pages.text_of(add(admin, **fields))
    assert not LogOutSchedule.objects.exists()


@pytest.mark.proves("BL-2")
def test_the_preview_says_whom_it_meets_and_who_is_in_a_call_and_logs_them_out(
    small_site: Any, admin: Client, dana: Client, reader: Client, in_a_call: set[str]
) -> None:
    add(admin)
    schedule = LogOutSchedule.objects.get()
    preview = pages.address_of(schedule, "preview")
    assert "would log out 0 users now" in pages.text_of(admin.get(preview))
    phone = log_in(small_site)
    in_a_call.add(phone.name)
    text = pages.text_of(admin.get(preview))
    assert "would log out 1 user now" in text
    assert "1 of them is in a call and stays until it ends" in text
    assert f"alice {phone.name}" in text
    assert "Would log out now 1" in pages.text_of(admin.get(pages.address_of(schedule)))
    assert reader.post(preview).status_code == 403
    assert dana.post(preview).status_code == 302
    session = LoginSession.objects.get()
    assert session.ended_at is None
    assert session.ending_since is not None


def test_the_credential_policy_is_changed_within_its_ranges_and_audited(small_site: Any, admin: Client) -> None:
    assert pages.send(admin, POLICY, {"lock_after": "3", "lock_minutes": "10"}).status_code == 302
    assert directory.credential_policy().lock_after == 3
    entry = AuditEntry.objects.get(action="credential_policy.changed")
    assert entry.details["changes"] == {
        "lock_after": {"before": 5, "after": 3}, "lock_minutes": {"before": 30, "after": 10},
    }  # fmt: skip
    assert (entry.actor, entry.way, entry.source) == ("admin", "administrator", "127.0.0.1")
    for field, bad in (("minimum_length", "3"), ("minimum_length", "17"), ("history", "25"), ("lock_minutes", "x")):
        assert "rl-error" in pages.send(admin, POLICY, {field: bad}).content.decode()
    assert CredentialPolicy.objects.get().minimum_length == 5


def test_a_policy_that_somebody_changed_meanwhile_is_not_overwritten(small_site: Any, admin: Client) -> None:
    stale = pages.open_form(admin, POLICY)
    pages.send(admin, POLICY, {"lock_after": "3"})
    refused = admin.post(POLICY, {**stale, "lock_after": "9"})
    assert "somebody else changed this meanwhile" in pages.text_of(refused)
    assert directory.credential_policy().lock_after == 3


def test_who_may_only_look_sees_the_policy_and_changes_nothing(small_site: Any, dana: Client, reader: Client) -> None:
    for client in (dana, reader):
        assert "Minimum length" in pages.text_of(client.get(POLICY))
        assert client.post(POLICY, {"lock_after": "3"}).status_code == 403
    assert not CredentialPolicy.objects.exists()


def test_a_user_gets_a_user_profile_and_a_time_of_their_own(small_site: Any, admin: Client) -> None:
    profile = UserProfile.objects.create(name="Travellers", allow_own_login_time=True)
    values = {"user_profile": profile.pk, "own_login_minutes": "10081"}
    address = pages.address_of(small_site.alice)
    assert "less than or equal to 10080" in pages.text_of(pages.send(admin, address, values))
    assert pages.send(admin, address, {**values, "own_login_minutes": "150"}).status_code == 302
    account = Account.objects.get(user_id="alice")
    assert (account.user_profile, account.own_login_minutes) == (profile, 150)
    assert "1" in pages.text_of(admin.get(pages.list_of(UserProfile), {"q": "Travellers"}))


@pytest.mark.proves("S-2")
def test_the_help_desk_finds_and_releases_an_address_that_is_held_back(
    small_site: Any, dana: Client, reader: Client
) -> None:
    now = timezone.now()
    held = GuessingSource.objects.create(
        source="192.0.2.66", failures=25, last_failure_at=now, held_back_until=now + timedelta(minutes=3)
    )
    GuessingSource.objects.create(source="password/192.0.2.67", failures=2, last_failure_at=now)
    listed = dana.get(pages.list_of(GuessingSource), {"held_back": "now"})
    assert [row.source for row in listed.context["cl"].result_list] == ["192.0.2.66"]
    text = pages.text_of(dana.get(pages.list_of(GuessingSource)))
    assert "192.0.2.67 passwords 2" in text
    assert "password/" not in text
    assert deed(reader, held, "release").status_code == 403
    assert deed(dana, held, "release").status_code == 302
    assert not GuessingSource.objects.filter(source="192.0.2.66").exists()
    entry = AuditEntry.objects.get(action="source.released")
    assert (entry.actor, entry.subject, entry.way) == ("dana", "192.0.2.66", "administrator")
    chosen = {"action": "release_selected", "_selected_action": [GuessingSource.objects.get().pk]}
    assert dana.post(pages.list_of(GuessingSource), chosen).status_code == 302
    assert not GuessingSource.objects.exists()
