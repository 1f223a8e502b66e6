"""A parameter of scope node has a value on each node; one of scope cluster has one."""

from __future__ import annotations

import pytest

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import service
from roamline.rooms.parameters.models import ParameterValue
from roamline.rooms.parameters.rules import MAXIMUM_CONCURRENT_REQUESTS, REMEMBER_LAST_USER, Parameter
from tests.support.factories import NOW, set_parameter

pytestmark = pytest.mark.django_db


def on(node: str, parameter: Parameter, value: str) -> None:
    service.change(
        service=parameter.service, name=parameter.name, value=value, actor="a", way="tests", source="", now=NOW,
        node=node,
    )  # fmt: skip


def test_a_node_has_its_own_maximum_of_concurrent_requests() -> None:
    on("node2", MAXIMUM_CONCURRENT_REQUESTS, "50")
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "7")
    seen = [service.now_in_force(node).number(MAXIMUM_CONCURRENT_REQUESTS) for node in ("node1", "node2", "node3")]
    assert seen == [7, 50, 5]
    assert [entry.details["node"] for entry in AuditEntry.objects.order_by("id")] == ["node2", "node1"]


def test_what_is_the_clusters_counts_on_every_node_whichever_it_was_set_on() -> None:
    on("node2", REMEMBER_LAST_USER, "True")
    assert [service.now_in_force(node).is_true(REMEMBER_LAST_USER) for node in ("node1", "node2")] == [True, True]


def test_a_reset_gives_the_default_back_and_is_audited() -> None:
    set_parameter(MAXIMUM_CONCURRENT_REQUESTS, "50")
    service.reset(
        service=MAXIMUM_CONCURRENT_REQUESTS.service, name=MAXIMUM_CONCURRENT_REQUESTS.name, actor="a", way="tests",
        source="", now=NOW,
    )  # fmt: skip
    assert service.now_in_force().text(MAXIMUM_CONCURRENT_REQUESTS) == "5"
    assert not ParameterValue.objects.exists()
    assert AuditEntry.objects.latest("id").details["before"] == "50"
