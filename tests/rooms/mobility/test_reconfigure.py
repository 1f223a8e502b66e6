"""Phones learn that what they run has changed, and nobody is logged out by it."""

from __future__ import annotations

import pytest

from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.mobility.service.reconfigure import BATCH
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db


def log_in(device: str) -> LoginSession:
    """alice logs in."""
    assert isinstance(
        mobility.log_in(LogIn(device, "alice", None), By("admin", Way.ADMINISTRATOR), NOW), mobility.LoggedIn
    )
    return LoginSession.objects.get(ended_at__isnull=True)


def test_the_phone_that_runs_the_profile_gets_a_new_version_and_secret_and_keeps_its_session() -> None:
    factories.user("alice")
    phone, other = factories.phone("SEP0011AA220001"), factories.phone("SEP0011AA220002")
    session = log_in(phone.name)
    before = Phone.objects.get(pk=phone.pk)
    profile = DeviceProfile.objects.get(name="EM_alice")
    assert mobility.reconfigure_phones_running([profile.pk], "admin", NOW) == 1
    after = Phone.objects.get(pk=phone.pk)
    assert after.configuration_version == before.configuration_version + 1
    assert after.ha1 == secrets.ha1_of(phone.name, after.configuration_version)
    assert after.current_profile == profile
    session.refresh_from_db()
    assert session.ended_at is None
    effect = Effect.objects.get(kind=mobility.RECONFIGURE, subject=phone.name)
    assert (effect.version, effect.payload) == (after.configuration_version, {"action": "restart"})
    assert Phone.objects.get(pk=other.pk).configuration_version == other.configuration_version
    assert AuditEntry.objects.get(action="phone.reconfigured").device == phone.name


def test_the_secret_that_the_phone_registered_with_last_is_kept_however_often_it_is_told() -> None:
    phone = factories.phone()
    first = phone.ha1
    for _time in range(3):
        mobility.reconfigure_phones([phone.pk], "admin", NOW)
    assert Phone.objects.get(pk=phone.pk).previous_ha1 == first


def test_a_free_phone_runs_its_logout_profile_as_that_is_now() -> None:
    phone = factories.phone()
    profile = factories.profile("Lobby_profile")
    Phone.objects.filter(pk=phone.pk).update(logout_profile=profile)
    mobility.reconfigure_phones([phone.pk], "admin", NOW)
    assert Phone.objects.get(pk=phone.pk).current_profile == profile


def test_many_phones_are_told_in_batches_that_outlive_a_crash() -> None:
    phones = [factories.phone(f"SEP0000000000{n:02X}") for n in range(BATCH + 5)]
    assert mobility.reconfigure_phones([phone.pk for phone in phones], "admin", NOW, action="reset") == BATCH + 5
    assert Phone.objects.filter(configuration_version=2).count() == BATCH
    assert Deadline.objects.count() == 1
    assert ledger.fire_due_deadlines(NOW) == 1
    assert Phone.objects.filter(configuration_version=2).count() == BATCH + 5
    assert {effect.payload["action"] for effect in Effect.objects.filter(kind=mobility.RECONFIGURE)} == {"reset"}


def test_a_phone_that_was_deleted_meanwhile_is_passed_over() -> None:
    assert mobility.reconfigure_phones([987654], "admin", NOW) == 1
    assert not Effect.objects.exists()
