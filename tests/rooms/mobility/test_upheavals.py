"""Administrators turn things over while people go on logging in: everything that tells of it goes on agreeing.

The journeys of people, programs and clocks, and besides profiles that are edited, phones that are disabled, and users,
phones and profiles that are deleted and added again. ``ROAMLINE_JOURNEYS=2000`` runs that many instead of a few.
"""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from roamline.doors.call_control import auditor as call_control
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.changes import InUse
from roamline.rooms.mobility import auditor
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import DeviceProfile, Line, Phone
from tests.rooms.mobility.test_journeys import PHONES, USERS, Journeys, phones, users
from tests.support import factories

MANY = int(os.environ.get("ROAMLINE_JOURNEYS", "12"))
NUMBERS = {user: f"10{n:02}" for n, user in enumerate(USERS)}
numbers = st.sampled_from(("7001", "7002"))


class Upheavals(Journeys):
    """``gone`` are the users and phones that were deleted, ``off`` the phones that are not enabled.

    ``lives`` counts how often each phone was added, ``secrets`` who had which secret at which version in which life.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()
        self.off: set[str] = set()
        self.seen: list[object] = []
        self.lives = dict.fromkeys(PHONES, 0)
        self.secrets: dict[str, tuple[str, int, int]] = {}

    def _before_credential(self, phone: str) -> int:
        return 11 if phone in self.gone else 22 if phone in self.off else 0

    def _of_nobody(self, user: str, pin: str | None) -> int:
        return 0 if user not in self.gone else 23 if pin is None else 201

    def _is_on(self, user: str) -> bool:
        return any(who == user for who, _ in self.on.values())

    @rule(user=users, number=numbers)
    def a_profile_is_edited(self, user: str, number: str) -> None:
        """A line comes or goes; whoever is logged in with it stays so, and the phone gets the new configuration."""
        profile = DeviceProfile.objects.filter(name=f"EM_{user}").first()
        if profile is None:
            return
        line = profile.lines.filter(directory_number__pattern=number).first()
        if line:
            line.delete()
        else:
            free = next(n for n in range(1, 4) if not profile.lines.filter(index=n).exists())
            Line.objects.create(profile=profile, index=free, button=free, directory_number=factories.number(number))
        running = sum(1 for who, _ in self.on.values() if who == user)
        assert mobility.reconfigure_phones_running([profile.pk], "admin", self.now) == running

    @rule(phone=phones)
    def a_phone_is_enabled_or_not(self, phone: str) -> None:
        """The box on its page; who is logged in stays so."""
        if phone not in self.gone:
            self.off ^= {phone}
            Phone.objects.filter(name=phone).update(em_enabled=phone not in self.off)

    @rule(user=users)
    def a_user_is_deleted(self, user: str) -> None:
        """Never while logged in."""
        account = Account.objects.filter(user_id=user).first()
        if account is None:
            return
        if self._is_on(user):
            with pytest.raises(InUse, match=f"{user} is logged in on"):
                mobility.delete_account(account)
        else:
            mobility.delete_account(account)
            self.gone.add(user)

    @rule(user=users)
    def a_user_is_added_again(self, user: str) -> None:
        """Of the same id: somebody else as far as anybody can tell."""
        if user in self.gone:
            factories.user(user)
            self.gone.remove(user)

    @rule(phone=phones)
    def a_phone_is_deleted(self, phone: str) -> None:
        """Never while somebody is on it."""
        found = Phone.objects.filter(name=phone).first()
        if found is None:
            return
        if phone in self.on:
            with pytest.raises(InUse, match=f"is logged in on {phone}"):
                mobility.delete_phone(found)
        else:
            mobility.delete_phone(found)
            self.gone.add(phone)
            self.registered.pop(phone, None)

    @rule(phone=phones)
    def a_phone_is_added_again(self, phone: str) -> None:
        """Of the same name."""
        if phone in self.gone:
            added = factories.phone(phone)
            self.lives[phone] += 1
            self.first[phone] = added.configuration_version
            self.gone.remove(phone)
            self.off.discard(phone)

    @rule(user=users)
    def a_profile_is_deleted(self, user: str) -> None:
        """Never while somebody is logged in with it, or may be."""
        profile = DeviceProfile.objects.filter(name=f"EM_{user}").first()
        if profile is None:
            return
        if user not in self.gone:
            with pytest.raises((InUse, ProtectedError)), transaction.atomic():
                mobility.delete_profile(profile)
        else:
            mobility.delete_profile(profile)

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        """Sessions, phones, secrets, deadlines."""
        assert list(auditor.findings()) == []

    @invariant()
    def no_secret_is_ever_used_again(self) -> None:
        """Not by the phone that is deleted and added again, either."""
        for name, version, secret in Phone.objects.values_list("name", "configuration_version", "ha1"):
            assert self.secrets.setdefault(secret, (name, version, self.lives[name])) == (
                name, version, self.lives[name],
            )  # fmt: skip

    @invariant()
    def phones_run_what_their_sessions_say(self) -> None:
        """In call control's views and in the effective configuration; looked at when a row of theirs has changed."""
        rows = [
            list(Phone.objects.order_by("id").values_list()),
            list(Line.objects.order_by("id").values_list()),
            list(LoginSession.objects.filter(ended_at=None).order_by("id").values_list()),
        ]
        if rows != self.seen:
            self.seen = rows
            assert list(call_control.findings()) == []
            self._configurations_are_right()

    def _configurations_are_right(self) -> None:
        """They name the user, and have the numbers of the profile as it is now."""
        for name in PHONES:
            phone = phone_named(name)
            assert (phone is None) == (name in self.gone)
            if phone is None:
                continue
            runs = effective_configuration_of(phone)
            user = self.on[name][0] if name in self.on else None
            assert (runs.phone.user_id, runs.phone.version) == (user, phone.configuration_version)
            wanted = phone.current_profile.lines.order_by("index").values_list("directory_number__pattern", flat=True)
            assert [line.number for line in runs.lines] == list(wanted)
            assert (runs.profile == f"EM_{user}") == (user is not None)


@pytest.mark.django_db
@pytest.mark.proves("EM-22")
def test_no_upheaval_brings_sessions_configuration_call_control_and_audit_apart() -> None:
    for user in USERS:
        factories.user(user, profiles=())
        profile = factories.profile(f"EM_{user}", numbers=(NUMBERS[user],))
        factories.directory.add_controlled_profile(
            Account.objects.get(user_id=user), profile, is_default=True, actor="tests", now=factories.NOW
        )
    for phone in PHONES:
        factories.phone(phone)
    run_state_machine_as_test(
        Upheavals,
        settings=settings(
            max_examples=MANY, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
