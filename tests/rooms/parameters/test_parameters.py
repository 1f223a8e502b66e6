from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import rules, service
from roamline.rooms.parameters.models import ParameterValue
from roamline.rooms.parameters.rules import (
    CLUSTER_ID,
    EM,
    ENFORCE_MAXIMUM_LOGIN_TIME,
    MAXIMUM_CONCURRENT_REQUESTS,
    MAXIMUM_LOGIN_TIME,
    MULTIPLE_LOGIN_BEHAVIOR,
    REGISTRY,
    InvalidValue,
    Parameter,
)
from tests.support.factories import NOW, set_parameter

in_database = pytest.mark.django_db


@pytest.mark.parametrize("parameter", REGISTRY.values(), ids=lambda parameter: parameter.name)
def test_every_default_is_a_value_that_the_parameter_takes(parameter: Parameter) -> None:
    parameter.parse(parameter.default)
    assert parameter.help
    assert not parameter.choices or parameter.default in parameter.choices


def test_names_and_defaults_are_the_fields_own() -> None:
    assert {(p.service, p.name): p.default for p in REGISTRY.values()}.items() >= {
        (EM, "Enforce Intra-cluster Maximum Login Time"): "False",
        (EM, "Intra-cluster Maximum Login Time"): "0:00",
        (EM, "Multiple Login Behavior"): "Multiple Logins Not Allowed",
        (EM, "Maximum Concurrent Requests"): "5",
        ("Enterprise Parameters", "Cluster ID"): "StandAloneCluster",
    }.items()


@pytest.mark.parametrize(
    ("text", "hours", "minutes"),
    [("0:00", 0, 0), ("8:00", 8, 0), (":30", 0, 30), ("168:00", 168, 0), ("008:05", 8, 5), (" 1:01 ", 1, 1)],
)
def test_a_login_time_is_hours_and_minutes(text: str, hours: int, minutes: int) -> None:
    assert MAXIMUM_LOGIN_TIME.parse(text) == timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize("text", ["168:01", "8", "8:5", "8:60", "-1:00", "1000:00", "eight", "", "8:00:00", "٨:00"])
def test_any_other_login_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        MAXIMUM_LOGIN_TIME.parse(text)


@pytest.mark.parametrize(
    ("parameter", "bad"),
    [
        (MULTIPLE_LOGIN_BEHAVIOR, "auto logout"),
        (MULTIPLE_LOGIN_BEHAVIOR, ""),
        (MAXIMUM_CONCURRENT_REQUESTS, "0"),
        (MAXIMUM_CONCURRENT_REQUESTS, "10001"),
        (MAXIMUM_CONCURRENT_REQUESTS, "5.0"),
        (MAXIMUM_CONCURRENT_REQUESTS, "٥"),
        (ENFORCE_MAXIMUM_LOGIN_TIME, "yes"),
        (CLUSTER_ID, ""),
        (CLUSTER_ID, "a" * 51),
        (CLUSTER_ID, "a_b"),
        (CLUSTER_ID, "a\n"),
    ],
)
def test_a_value_outside_its_range_is_refused(parameter: Parameter, bad: str) -> None:
    with pytest.raises(InvalidValue):
        parameter.parse(bad)


@pytest.mark.parametrize("text", ["192.0.2.1;2001:db8::1; pbx.example.com ;", "", "a" * 63])
def test_addresses_and_host_names_can_be_listed(text: str) -> None:
    assert isinstance(rules.address_list(text), tuple)


@pytest.mark.parametrize("text", ["192.0.2.0/24", "192.0.2.1-9", "192.0.2.*", "a b", "x;" * 600, "192.0.2.300", "-;*"])
def test_ranges_and_patterns_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        rules.address_list(text)


@in_database
def test_a_new_site_has_the_defaults_and_stores_nothing() -> None:
    in_force = service.now_in_force()
    assert all(in_force.text(parameter) == parameter.default for parameter in REGISTRY.values())
    assert in_force.maximum_login_time() is None
    assert in_force.number(MAXIMUM_CONCURRENT_REQUESTS) == 5
    assert not ParameterValue.objects.exists()


@in_database
def test_a_change_is_in_force_at_once_and_in_the_audit_with_before_and_after() -> None:
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "50")
    assert service.now_in_force().number(MAXIMUM_CONCURRENT_REQUESTS) == 50
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("parameter.changed", f"{EM}: Maximum Concurrent Requests")
    assert entry.details == {"before": "5", "after": "50", "node": "node1"}


@in_database
def test_back_to_the_default_is_stored_as_nothing() -> None:
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "50")
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "5")
    assert not ParameterValue.objects.exists()
    assert AuditEntry.objects.count() == 2


@in_database
def test_a_bad_value_changes_nothing() -> None:
    with pytest.raises(InvalidValue):
        set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "many")
    with pytest.raises(KeyError):
        service.change(service=EM, name="Colour", value="1", actor="a", way="", source="", now=NOW)
    assert not ParameterValue.objects.exists()
    assert not AuditEntry.objects.exists()


@in_database
def test_saving_a_login_time_turns_the_enforcement_on_and_zero_turns_it_off() -> None:
    set_parameter(MAXIMUM_LOGIN_TIME, "2:30")
    assert service.now_in_force().maximum_login_time() == timedelta(hours=2, minutes=30)
    assert service.now_in_force().text(ENFORCE_MAXIMUM_LOGIN_TIME) == "True"
    set_parameter(MAXIMUM_LOGIN_TIME, "0:00")
    assert service.now_in_force().maximum_login_time() is None
    assert service.now_in_force().text(ENFORCE_MAXIMUM_LOGIN_TIME) == "False"


@in_database
def test_turning_the_enforcement_on_proposes_eight_hours_and_off_stores_zero() -> None:
    set_parameter(ENFORCE_MAXIMUM_LOGIN_TIME, "True")
    assert service.now_in_force().text(MAXIMUM_LOGIN_TIME) == "8:00"
    set_parameter(MAXIMUM_LOGIN_TIME, "10:00")
    set_parameter(ENFORCE_MAXIMUM_LOGIN_TIME, "True")
    assert service.now_in_force().maximum_login_time() == timedelta(hours=10)
    set_parameter(ENFORCE_MAXIMUM_LOGIN_TIME, "False")
    assert service.now_in_force().text(MAXIMUM_LOGIN_TIME) == "0:00"
    assert service.now_in_force().maximum_login_time() is None
