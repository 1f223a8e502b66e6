"""EMCC devices are inserted by number, and are phones that nobody can log in on (RO-31)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from roamline.rooms.emcc import devices, settings
from roamline.rooms.emcc.devices import CannotInsert
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.catalogue import emcc_base_phone
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
AUTHOR = Author("tests", "tests", "192.0.2.1")


def insert(count: int) -> list[str]:
    return devices.insert(count, factories.device_pool(), AUTHOR, NOW)


@pytest.mark.proves("RO-31")
def test_so_many_devices_are_there_as_were_asked_for_and_are_called_emcc1_and_so_on() -> None:
    assert insert(3) == ["EMCC1", "EMCC2", "EMCC3"]
    assert [each.name for each in settings.emcc_devices()] == ["EMCC1", "EMCC2", "EMCC3"]
    assert not settings.emcc_devices().filter(em_enabled=True).exists()
    [entry] = AuditEntry.objects.filter(action="emcc_device.inserted")
    assert (entry.subject, entry.details["count"], entry.source) == ("EMCC1–EMCC3", 3, "192.0.2.1")


def test_the_next_ones_get_the_next_free_numbers_and_never_an_earlier_secret() -> None:
    insert(3)
    gone = Phone.objects.get(name="EMCC2")
    phones.delete(gone)
    gone.own_profile.delete()
    factories.phone("emcc5")
    assert insert(3) == ["EMCC2", "EMCC4", "EMCC6"]
    assert Phone.objects.get(name="EMCC2").ha1 != gone.ha1


@pytest.mark.parametrize("count", [0, -1, 10_001, 100_001])
def test_a_count_that_makes_no_sense_is_refused_and_inserts_nothing(count: int) -> None:
    with pytest.raises(CannotInsert, match="1 to 10000"):
        insert(count)
    assert not Phone.objects.exists()


def test_no_more_are_inserted_than_a_cluster_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("roamline.rooms.emcc.devices.MOST_PHONES", "roamline.rooms.emcc.rules.MOST_PHONES"):
        monkeypatch.setattr(name, 7)
    factories.phone()
    assert len(insert(3)) == 3
    with pytest.raises(CannotInsert, match="would be 9 together; a cluster may have 7"):
        insert(1)


def test_an_emcc_device_is_not_added_by_hand_and_nobody_logs_in_on_it() -> None:
    with pytest.raises(ValidationError, match="inserted under Bulk administration"):
        factories.phone("SEP0011AA22FFFF", model=emcc_base_phone(), em_enabled=False)
    insert(1)
    device = Phone.objects.get(name="EMCC1")
    device.full_clean()
    device.em_enabled = True
    with pytest.raises(ValidationError, match="Nobody logs in on an EMCC device"):
        device.full_clean()
    Phone.objects.update(em_enabled=True)  # somebody uses it from another cluster
    device.full_clean()


def test_who_uses_a_device_is_said_by_whoever_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_uses", [])
    assert devices.uses() == {}
    use = devices.Use("bob", "SEP0011AA220001", "WEST", NOW)
    devices.ask_about_use(lambda: {"EMCC1": use})
    assert devices.uses() == {"EMCC1": use}
