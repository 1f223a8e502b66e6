"""Where phones registered from last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roamline.doors.call_control.events import Registered, note_where_phones_are
from roamline.rooms.phones import addresses
from roamline.rooms.phones.models import Phone, PhoneAddress
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db

DEVICE = "SEP0011AA220001"


def event(source: str, *, is_over: bool = False, device: str = DEVICE) -> Registered:
    return Registered(device, "1001", 1, 120, "phone", "", source, is_over)


def test_a_registration_notes_the_address_and_writes_only_when_it_changes() -> None:
    factories.phone(DEVICE)
    note_where_phones_are(event("192.0.2.7"), NOW)
    assert addresses.address_of(DEVICE.lower()) == "192.0.2.7"
    with CaptureQueriesContext(connection) as asked:
        note_where_phones_are(event("192.0.2.7"), NOW + timedelta(minutes=2))
    assert len(asked) == 1
    assert PhoneAddress.objects.get().since == NOW
    note_where_phones_are(event("2001:db8:0::8"), NOW + timedelta(minutes=3))
    assert addresses.is_a_registered_phones("2001:db8::8")
    assert not addresses.is_a_registered_phones("192.0.2.7")


def test_a_phone_that_is_gone_is_registered_nowhere_and_a_late_farewell_ends_nothing() -> None:
    factories.phone(DEVICE)
    note_where_phones_are(event("192.0.2.7"), NOW)
    note_where_phones_are(event("192.0.2.8"), NOW)
    note_where_phones_are(event("192.0.2.7", is_over=True), NOW)
    assert addresses.address_of(DEVICE) == "192.0.2.8"
    note_where_phones_are(event("192.0.2.8", is_over=True), NOW)
    assert addresses.address_of(DEVICE) == ""


def test_what_is_no_phone_or_no_address_is_not_noted() -> None:
    factories.phone(DEVICE)
    note_where_phones_are(event("nonsense"), NOW)
    note_where_phones_are(event("192.0.2.7", device="nobody"), NOW)
    assert not PhoneAddress.objects.exists()


def test_a_phone_that_takes_back_what_it_was_before_a_log_in_is_registered_as_before() -> None:
    phone = factories.phone(DEVICE)
    Phone.objects.filter(pk=phone.pk).update(configuration_version=2)
    note_where_phones_are(event("192.0.2.7"), NOW)
    note_where_phones_are(event("192.0.2.7", is_over=True), NOW)  # by the secret of version 1
    assert addresses.address_of(DEVICE) == "192.0.2.7"
