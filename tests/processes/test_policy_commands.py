"""Policies from the command line: what is refused says why in a line, changes nothing and shows no stack trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from roamline.processes import cli
from roamline.rooms.directory import service as directory
from roamline.rooms.directory import store
from roamline.rooms.directory.models import Account, UserProfile
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import ENFORCE_MAXIMUM_LOGIN_TIME, MAXIMUM_LOGIN_TIME, TRUSTED_IPS
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

TIME, TRUSTED = MAXIMUM_LOGIN_TIME.name, TRUSTED_IPS.name


def test_a_parameter_is_shown_set_listed_and_reset_and_each_change_audited(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parameter", "set", TIME, ":30"]) == 0
    assert parameters.now_in_force().maximum_login_time() == timedelta(minutes=30)
    assert cli.main(["parameter", "list", "--changed"]) == 0
    out = capsys.readouterr().out
    assert f"{TIME} = :30  *" in out
    assert f"{ENFORCE_MAXIMUM_LOGIN_TIME.name} = True  *" in out
    assert cli.main(["parameter", "show", TIME.lower()]) == 0
    assert "default 0:00; cluster" in capsys.readouterr().out
    assert cli.main(["parameter", "reset", TIME]) == 0
    assert parameters.now_in_force().maximum_login_time() is None
    entries = AuditEntry.objects.filter(action="parameter.changed", way="command line")
    assert entries.filter(subject__endswith=f": {TIME}").count() == 2


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (TIME, "168:01", "0:00 to 168:00"),
        (TIME, "8:60", "0:00 to 168:00"),
        (TIME, ":5", "0:00 to 168:00"),
        (TRUSTED, "1" * 1025, "at most 1024 characters"),
        (TRUSTED, "192.0.2.0/24", "ranges and patterns are not taken"),
        (TRUSTED, "192.0.2.1-192.0.2.9", "ranges and patterns are not taken"),
        (TRUSTED, "192.0.2.*", "ranges and patterns are not taken"),
        ("Nothing", "1", "There is no parameter 'Nothing'"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_taken(
    name: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["parameter", "set", name, value]) == 2
    assert said in capsys.readouterr().err
    assert not AuditEntry.objects.exists()


def test_the_credential_policy_is_shown_and_changed_all_or_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policy"]) == 0
    assert "minimum_length = 5" in capsys.readouterr().out
    assert cli.main(["policy", "minimum_length=6", "lock_after=3"]) == 0
    assert store.credential_policy().minimum_length == 6
    assert cli.main(["policy", "minimum_length=8", "lock_after=0", "history=many"]) == 2
    assert "lock_after" in capsys.readouterr().err
    assert cli.main(["policy", "colour=blue"]) == 2
    assert store.credential_policy().minimum_length == 6
    assert AuditEntry.objects.get(action="credential_policy.changed").way == "command line"


def test_user_profiles_are_added_given_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    factories.user("alice", pin=None)
    assert cli.main(["user-profile", "set", "Travellers", "--own-login-time", "yes"]) == 0
    assert cli.main(["user-profile", "give", "alice", "Travellers"]) == 0
    assert cli.main(["user-profile", "own-time", "alice", "12:00"]) == 0
    assert Account.objects.get(user_id="alice").own_login_minutes == 720
    for bad in ("168:01", "8:60", ":5", "0:00"):
        assert cli.main(["user-profile", "own-time", "alice", bad]) == 2
    assert cli.main(["user-profile", "set", "Travellers", "--own-login-time", "no"]) == 0
    assert cli.main(["user-profile", "own-time", "alice", "10:00"]) == 2
    assert cli.main(["user-profile", "list"]) == 0
    assert "Travellers: own login time not allowed, 1 users" in capsys.readouterr().out
    for unknown in (["give", "nobody", "Travellers"], ["give", "alice", "Nothing"], ["remove", "Nothing"]):
        assert cli.main(["user-profile", *unknown]) == 1
    assert cli.main(["user-profile", "remove", "Travellers"]) == 0
    with pytest.raises(ObjectDoesNotExist):
        UserProfile.objects.get()
    assert AuditEntry.objects.filter(action="user_profile.added", way="command line").count() == 1


@pytest.mark.proves("S-2")
def test_the_locked_and_the_held_back_are_listed_and_unlocked(capsys: pytest.CaptureFixture[str]) -> None:
    directory.change_policy(actor="a", now=NOW, lock_minutes=0)
    alice = factories.user("alice")
    store.set_counters(alice.pk, 0, NOW.replace(year=9999))
    store.count_source("192.0.2.66", NOW, timedelta(minutes=15))
    store.hold_back("192.0.2.66", NOW.replace(year=9998))
    assert cli.main(["held-back"]) == 0
    out = capsys.readouterr().out
    assert "alice" in out
    assert "locked until unlocked" in out
    assert "192.0.2.66" in out
    assert cli.main(["unlock", "--user", "alice"]) == 0
    assert cli.main(["unlock", "--source", "192.0.2.66"]) == 0
    capsys.readouterr()
    assert cli.main(["held-back"]) == 0
    assert capsys.readouterr().out == ""
