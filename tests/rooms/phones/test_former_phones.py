"""A phone that is deleted and added again is a new phone: no secret of the earlier one is ever good again (S-7)."""

from __future__ import annotations

import pytest

from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones.models import Phone
from roamline.rooms.phones.secrets import ha1_of
from tests.support import factories
from tests.support.factories import NOW

NAME = "SEP0011AA220001"


@pytest.mark.django_db
def test_a_phone_that_is_added_again_gets_none_of_its_earlier_secrets() -> None:
    factories.user("alice")
    earlier = []
    for _life in range(3):
        phone = factories.phone(NAME)
        earlier.append(phone.ha1)
        mobility.log_in(LogIn(NAME, "alice", None), By("root", Way.ADMINISTRATOR), NOW)
        mobility.log_out(NAME, By("root", Way.ADMINISTRATOR), NOW)
        phone.refresh_from_db()
        assert phone.ha1 == ha1_of(NAME, phone.configuration_version)
        earlier.append(phone.ha1)
        mobility.delete_phone(phone)
    assert len(set(earlier)) == len(earlier)
    assert not Phone.objects.exists()


@pytest.mark.django_db
def test_so_it_is_under_a_name_of_other_capitals() -> None:
    phone = factories.phone(NAME)
    mobility.delete_phone(phone)
    assert factories.phone(NAME.lower()).configuration_version > phone.configuration_version


@pytest.mark.django_db
def test_a_phone_that_nobody_had_before_begins_at_one() -> None:
    assert factories.phone("another").configuration_version == 1
