"""What administrators mistype is refused at its field, changes nothing, and never shows a stack trace."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.doors.admin_web.models import EndUser
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import MAXIMUM_LOGIN_TIME, TRUSTED_BALANCERS, TRUSTED_IPS, Parameter
from tests.doors.admin_web import pages

PARAMETERS = "/admin/parameters/parametervalue/service/?advanced=1"


@pytest.mark.parametrize(
    ("parameter", "typed", "said"),
    [
        (MAXIMUM_LOGIN_TIME, "168:01", "0:00 to 168:00"),
        (MAXIMUM_LOGIN_TIME, "8:60", "0:00 to 168:00"),
        (MAXIMUM_LOGIN_TIME, ":5", "0:00 to 168:00"),
        (TRUSTED_IPS, ";".join(["192.0.2.100"] * 86)[:1025], "at most 1024 characters"),
        (TRUSTED_IPS, "192.0.2.0/24", "ranges and patterns are not taken"),
        (TRUSTED_IPS, "192.0.2.1-9", "ranges and patterns are not taken"),
        (TRUSTED_BALANCERS, "lb.example.org", "host names, ranges and patterns are not taken"),
    ],
)
def test_a_bad_parameter_is_refused_at_its_field(
    parameter: Parameter, typed: str, said: str, small_site: Any, admin: Client
) -> None:
    answer = pages.send(admin, PARAMETERS, {f"{parameter.service}/{parameter.name}": typed})
    text = pages.text_of(answer)
    assert answer.status_code == 200
    assert "Nothing was saved" in text
    assert said in text
    assert parameters.now_in_force().text(parameter) == parameter.default
    assert not AuditEntry.objects.filter(action="parameter.changed").exists()


@pytest.mark.parametrize("user_id", ["Alice", "ALICE", "al ice", "al/ice", "a" * 129, ""])
def test_a_user_id_that_no_phone_could_send_is_refused(user_id: str, small_site: Any, admin: Client) -> None:
    answer = pages.send(admin, pages.add_to(EndUser), {"user_id": user_id})
    assert answer.status_code == 200
    assert "rl-error" in answer.content.decode() or "errorlist" in answer.content.decode()
    assert EndUser.objects.filter(kind="end").count() == 3
