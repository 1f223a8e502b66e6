"""A manager's profile in the administration: assistants, switches, callers that the filter names (EM-37, EM-33)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roamline.rooms.features.models import Assistance, FilteredCaller, ManagerSettings
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones.models import DeviceProfile, Line, Phone
from tests.doors.admin_web import pages
from tests.support import factories

pytestmark = pytest.mark.django_db


def page_of(noun: DeviceProfile | Phone) -> str:
    return reverse(f"admin:phones_{noun._meta.model_name}_change", args=[noun.pk])


def rows(prefix: str, *values: dict[str, Any]) -> dict[str, Any]:
    """New rows of a page."""
    made: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(values)}
    for index, fields in enumerate(values):
        made |= {f"{prefix}-{index}-{name}": value for name, value in fields.items()}
    return made


@pytest.mark.proves("EM-37")
def test_a_profile_names_assistants_in_order_and_the_audit_says_who(small_site: Any, admin: Client) -> None:
    profile = factories.profile("EM_boss")
    first, second = factories.user("carla"), factories.user("dora")
    sent = pages.send(admin, page_of(profile), {
        **rows("assistants", {"position": 2, "account": first.pk}, {"position": 1, "account": second.pk}),
        **rows("manager_settings", {"divert_all": "on", "filter_kind": "others"}),
        **rows("filtered_callers", {"pattern": "10XX"}, {"pattern": "9!"}),
    })  # fmt: skip
    assert sent.status_code == 302
    found = Assistance.objects.filter(profile=profile).values_list("account__user_id", "position")
    assert list(found) == [("dora", 1), ("carla", 2)]
    assert ManagerSettings.objects.get(profile=profile).divert_all
    assert list(FilteredCaller.objects.values_list("like_pattern", flat=True)) == ["10__", "9_%"]
    changes = AuditEntry.objects.get(action="device_profile.changed", subject="EM_boss").details["changes"]
    assert {"assistants", "manager_settings", "filtered_callers"} <= set(changes)


@pytest.mark.parametrize("pattern", ["10[12]X[34]", "", "12345678901234567890123456"])
def test_a_caller_that_cannot_be_looked_for_is_refused_at_the_field(
    small_site: Any, admin: Client, pattern: str
) -> None:
    profile = factories.profile("EM_boss")
    sent = pages.send(admin, page_of(profile), rows("filtered_callers", {"pattern": pattern}))
    assert sent.status_code == (302 if not pattern else 200)
    assert not FilteredCaller.objects.exists()


@pytest.mark.proves("EM-33")
def test_an_intercom_line_added_on_a_phones_page_has_that_phone_as_default_device(
    small_site: Any, admin: Client
) -> None:
    phone = factories.phone("SEP0000000000AA")
    number = factories.number("8077", "Intercom")
    line = {"button": 3, "directory_number": number.pk, "is_intercom": "on"}
    assert pages.send(admin, page_of(phone), rows("lines", line)).status_code == 302
    assert Line.objects.get(directory_number=number).default_phone == phone
