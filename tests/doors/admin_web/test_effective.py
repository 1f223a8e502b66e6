"""What a phone runs, beside what it runs when nobody is logged in, and the links that lead on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.rooms.dialplan.models import DirectoryNumber
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in


def rows_of(client: Client, phone: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """Every compared setting: now, and when nobody is logged in."""
    response = client.get(f"/admin/phones/phone/{phone.pk}/configuration/")
    assert response.status_code == 200
    return {(str(row.group), row.name): (row.now, row.logged_out) for row in response.context["rows"]}


@pytest.mark.proves("EM-11")
def test_a_log_in_shows_beside_the_phone_s_own_settings(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    before = rows_of(admin, phone)
    assert all(now == logged_out for now, logged_out in before.values())
    log_in(small_site)
    rows = rows_of(admin, phone)
    own = phone.own_profile.lines.get(index=1).directory_number.pattern
    assert rows["Settings", "Profile"] == ("EM_alice", "its own settings")
    assert rows["Settings", "User"] == ("alice", "–")
    assert rows["Lines", "Key 1"] == ("1001", own)
    assert DirectoryNumber.objects.filter(pattern=own).exists()


def test_what_does_not_fit_is_named(small_site: Any, admin: Client) -> None:
    small_site.profile.buttons.create(position=30, kind="speed_dial", label="Far away", number="1002")
    phone = log_in(small_site)
    text = pages.text_of(admin.get(f"/admin/phones/phone/{phone.pk}/configuration/"))
    assert "The phone has no room for: key 30: Far away" in text


@pytest.mark.proves("EM-47")
def test_phones_and_users_lead_to_explain_filled_in(small_site: Any, admin: Client, dana: Client) -> None:
    phone = log_in(small_site)
    for noun in (phone, small_site.alice):
        page = admin.get(pages.address_of(noun)).content.decode()
        assert "/admin/explain/?" in page
        assert f"device={phone.name}" in page
        assert "user=alice" in page
        assert "Audit trail" in page.split("rl-deeds")[1]
        assert "find=user_id&amp;how=is&amp;text=alice" in page or "find=device&amp;how=is" in page
        assert "/admin/ledger/auditentry/" not in dana.get(pages.address_of(noun)).content.decode()
    explained = dana.get("/admin/explain/", {"device": phone.name, "user": "alice"})
    assert explained.status_code == 200


def test_only_profiles_that_can_be_controlled_are_offered(small_site: Any, admin: Client) -> None:
    query = {"app_label": "directory", "model_name": "controlledprofile", "field_name": "profile", "term": ""}
    offered = {each["text"] for each in admin.get("/admin/autocomplete/", query).json()["results"]}
    assert offered == {"EM_alice"}
