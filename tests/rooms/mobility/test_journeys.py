"""Whatever people, programs and clocks do in whatever order, phones and sessions stay in agreement.

A Hypothesis state machine drives the real service on the real database beside a model of what must be true.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.directory.authentication import recently_right
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LoggedOut, LogIn, Way
from roamline.rooms.mobility.service.calls import END_WHEN_IDLE
from roamline.rooms.mobility.service.log_out import end_if_idle
from roamline.rooms.parameters.rules import (
    ALLOWED,
    AUTO_LOGOUT,
    MAXIMUM_LOGIN_TIME,
    MULTIPLE_LOGIN_BEHAVIOR,
    NOT_ALLOWED,
)
from roamline.rooms.phones.forwards_shown import SHOW_FORWARDS
from roamline.rooms.phones.models import Phone
from roamline.rooms.phones.secrets import ha1_of
from tests.support import factories
from tests.support.factories import NOW, PIN, set_parameter

USERS = ("alice", "bob", "chen")
PHONES = ("SEP0011AA220001", "SEP0011AA220002", "SEP0011AA220003")

users, phones = st.sampled_from(USERS), st.sampled_from(PHONES)


class Journeys(RuleBasedStateMachine):
    """``on`` is what must be true: user and end of session by phone. ``told`` is what the audit must tell, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._world = transaction.atomic()
        self._world.__enter__()
        recently_right.forget_all()
        self.now = NOW
        self.behavior = NOT_ALLOWED
        self.was_allowed = False
        self.limit: timedelta | None = None
        self.on: dict[str, tuple[str, datetime | None]] = {}
        self.told: list[tuple[str, str, str, int]] = []
        self.registered: dict[str, int] = {}
        self.first = dict.fromkeys(PHONES, 1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._world.__exit__(None, None, None)

    def _before_credential(self, _phone: str) -> int:
        return 0

    def _of_nobody(self, _user: str, _pin: str | None) -> int:
        return 0

    def _expected(self, user: str, phone: str, pin: str | None) -> int:
        refused = self._before_credential(phone) or self._of_nobody(user, pin)
        if refused:
            return refused
        if phone in self.on:
            return 18
        elsewhere = any(who == user for who, _ in self.on.values())
        return 25 if elsewhere and self.behavior == NOT_ALLOWED else 0

    def _attempt(self, user: str, phone: str, pin: str | None) -> None:
        expected = self._expected(user, phone, pin)
        by = By("emproxy", Way.EM_API) if pin is None else By(user, Way.PHONE)
        outcome = mobility.log_in(LogIn(phone, user, Secret(pin) if pin else None), by, self.now)
        assert (outcome.error.number if isinstance(outcome, Refused) else 0) == expected
        if expected == 0:
            assert isinstance(outcome, LoggedIn)
            self._leave_others(user)
            ends = self.now + self.limit if self.limit else None
            assert outcome.expires_at == ends
            self.on[phone] = (user, ends)
        self.told.append(("em.login", user, phone, expected))

    def _leave_others(self, user: str) -> None:
        if self.behavior == AUTO_LOGOUT:
            for other in [phone for phone in PHONES if phone in self.on and self.on[phone][0] == user]:
                self._left(other)

    def _left(self, phone: str) -> None:
        user, _ = self.on.pop(phone)
        self.told.append(("em.logout", user, phone, 0))

    @initialize(hours=st.sampled_from((1, 8, 0)), behavior=st.sampled_from((NOT_ALLOWED, AUTO_LOGOUT, ALLOWED)))
    def begin(self, hours: int, behavior: str) -> None:
        """A site with some parameters."""
        self.change_the_maximum_login_time(hours)
        self.change_the_behavior(behavior)

    @rule(user=users, phone=phones)
    def log_in_on_the_phone(self, user: str, phone: str) -> None:
        """The right PIN."""
        self._attempt(user, phone, PIN)

    @rule(user=users, phone=phones)
    def log_in_by_a_program(self, user: str, phone: str) -> None:
        """No PIN."""
        self._attempt(user, phone, None)

    @rule(user=users, phone=phones)
    def guess(self, user: str, phone: str) -> None:
        """A wrong PIN changes nothing but counters."""
        Account.objects.update(failed_attempts=0)
        outcome = mobility.log_in(LogIn(phone, user, Secret("99999")), By(user, Way.PHONE), self.now)
        assert isinstance(outcome, Refused)
        self.told.append(("em.login", user, phone, self._before_credential(phone) or 201))

    @rule(phone=phones)
    def log_out(self, phone: str) -> None:
        """Yes, log out."""
        outcome = mobility.log_out(phone, By("", Way.PHONE), self.now)
        if phone in self.on:
            assert outcome == LoggedOut(phone, self.on[phone][0], "restart")
            self._left(phone)
        else:
            assert isinstance(outcome, Refused)
            self.told.append(("em.logout", "", phone, {22: 5, 11: 11}.get(self._before_credential(phone), 19)))

    @rule()
    def log_everybody_out(self) -> None:
        """From the administration."""
        taken = list(LoginSession.objects.filter(ended_at=None).order_by("id").values_list("phone__name", flat=True))
        assert mobility.log_out_all(By("admin", Way.ADMINISTRATOR), self.now) == len(self.on)
        for phone in taken:
            self._left(phone)

    @rule(user=users)
    def log_a_user_out_everywhere(self, user: str) -> None:
        """From the administration."""
        theirs = [phone for phone in PHONES if phone in self.on and self.on[phone][0] == user]
        assert mobility.log_out_user(user, By("admin", Way.ADMINISTRATOR), self.now) == len(theirs)
        for phone in theirs:
            self._left(phone)

    @rule(behavior=st.sampled_from((ALLOWED, NOT_ALLOWED, AUTO_LOGOUT)))
    def change_the_behavior(self, behavior: str) -> None:
        """It holds from the next log-in."""
        self.now += timedelta(seconds=1)
        set_parameter(MULTIPLE_LOGIN_BEHAVIOR, behavior, self.now)
        self.now += timedelta(seconds=1)
        self.behavior = behavior
        self.was_allowed |= behavior == ALLOWED

    @rule(hours=st.sampled_from((0, 1, 8)))
    def change_the_maximum_login_time(self, hours: int) -> None:
        """It holds for new sessions."""
        set_parameter(MAXIMUM_LOGIN_TIME, f"{hours}:00")
        self.limit = timedelta(hours=hours) if hours else None

    @rule(minutes=st.sampled_from((61, 600, 1)))
    def time_passes(self, minutes: int) -> None:
        """Sessions whose time is over end, the earliest first."""
        self.now += timedelta(minutes=minutes)
        due = sorted((ends, phone) for phone, (_, ends) in self.on.items() if ends and ends <= self.now)
        assert ledger.fire_due_deadlines(self.now) == len(due)
        for effect in Effect.objects.filter(kind=END_WHEN_IDLE).order_by("id"):
            end_if_idle(effect.subject, effect.version, effect.payload, self.now)
            effect.delete()
        ended = AuditEntry.objects.filter(action="em.logout", way=Way.TIMER).order_by("-id")[: len(due)]
        assert sorted(entry.device for entry in ended) == sorted(phone for _, phone in due)
        for phone in reversed([entry.device for entry in ended]):  # several may be due at the same moment
            self._left(phone)

    @rule(phone=phones)
    def the_phone_registers(self, phone: str) -> None:
        """With the secret of its newest version."""
        for version in Phone.objects.filter(name=phone).values_list("configuration_version", flat=True):
            mobility.phone_registered(device=phone, version=version, now=self.now)
            self.registered[phone] = version

    @invariant()
    def phones_and_sessions_agree(self) -> None:
        """One session per phone; the phone runs that session's profile, else its own."""
        open_sessions = list(LoginSession.objects.filter(ended_at=None).select_related("phone", "account"))
        assert {s.phone.name: (s.account.user_id, s.expires_at) for s in open_sessions} == self.on
        assert len(open_sessions) == len(self.on)
        profiles = {s.phone_id: s.profile_id for s in open_sessions}
        for phone in Phone.objects.all():
            logged_out = phone.logout_profile_id or phone.own_profile_id
            assert phone.current_profile_id == profiles.get(phone.pk, logged_out)

    @invariant()
    def secrets_follow_versions(self) -> None:
        """HA1 is that of the newest version; the previous one is what the phone last registered with, or none."""
        for phone in Phone.objects.all():
            assert phone.ha1 == ha1_of(phone.name, phone.configuration_version)
            if self.registered.get(phone.name) == phone.configuration_version:
                assert (phone.previous_ha1, phone.previous_until) == ("", 0)
            assert phone.previous_ha1 != phone.ha1

    @invariant()
    def what_is_still_to_be_done_is_written_down(self) -> None:
        """A deadline for each session that has an end, and an effect at each phone's newest version."""
        ends = {str(s.uuid): s.expires_at for s in LoginSession.objects.filter(ended_at=None, expires_at__isnull=False)}
        assert {d.subject: d.due_at for d in Deadline.objects.all()} == ends
        versions = dict(Phone.objects.values_list("name", "configuration_version"))
        changed = {phone: version for phone, version in versions.items() if version > self.first[phone]}
        orders = Effect.objects.exclude(kind=SHOW_FORWARDS)
        assert {e.subject: e.version for e in orders} == changed

    @invariant()
    def the_audit_tells_the_same_story(self) -> None:
        """Every attempt and every end, in order, with its result."""
        entries = AuditEntry.objects.filter(action__startswith="em.").order_by("id")
        assert list(entries.values_list("action", "user_id", "device", "result")) == self.told

    @invariant()
    def nobody_is_on_two_phones_unless_that_was_allowed(self) -> None:
        """Unless it was ever allowed in this journey."""
        if not self.was_allowed:
            everyone = list(LoginSession.objects.filter(ended_at=None).values_list("account", flat=True))
            assert len(everyone) == len(set(everyone))


@pytest.mark.django_db
@pytest.mark.proves("EM-22")
def test_no_order_of_events_brings_phones_and_sessions_apart() -> None:
    for user in USERS:
        factories.user(user)
    for phone in PHONES:
        factories.phone(phone)
    run_state_machine_as_test(
        Journeys,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
