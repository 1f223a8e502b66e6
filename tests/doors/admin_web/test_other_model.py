"""A profile made for another model: what fits, what fills in, and that the page and the audit say so (EM-38)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.mobility.service import By, Way, log_out
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW
from tests.doors.admin_web.test_in_use import log_in

SMALL = "SEP0011AA220003"  # a Cisco 7841: four keys, and its default device profile has Reception on the fourth


@pytest.mark.proves("EM-38")
def test_lines_come_in_order_the_default_profile_fills_in_and_the_page_and_the_audit_say_what(
    small_site: Any, admin: Client
) -> None:
    profile = small_site.profile
    profile.services.clear()
    for number in ("1021", "1022"):
        phones.add_line(profile=profile, number=small_site.routing.number(number), actor="test", now=NOW)
    Button.objects.create(profile=profile, position=7, kind="speed_dial", label="Erin", number="1005")
    for position, number in ((8, "1023"), (9, "1024")):
        line = phones.add_line(
            profile=profile, number=small_site.routing.number(number), button=position, actor="test", now=NOW
        )
        assert line.index > 3
    log_in(small_site, SMALL)
    runs = effective_configuration_of(phone_named(SMALL))  # type: ignore[arg-type]
    assert [line.number for line in runs.lines] == ["1001", "1021", "1022", "1023"]
    details = AuditEntry.objects.get(action="em.login").details
    assert details["dropped"] == ["line 5: 1024", "key 7: Erin"]
    assert "service Extension Mobility" in details["filled"]
    page = pages.text_of(admin.get(pages.address_of(small_site.phone(3))))
    assert "Not shown on this phone line 5: 1024, key 7: Erin" in page
    assert "From the default device profile" in page
    assert "service Extension Mobility" in page


@pytest.mark.proves("EM-38")
def test_a_named_logout_profile_replaces_the_phones_own_settings(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    pages.send(admin, pages.address_of(phone), {"logout_profile": small_site.profile.pk})
    log_in(small_site, SMALL)
    log_out(SMALL, By("test", Way.ADMINISTRATOR), NOW)
    runs = effective_configuration_of(phone_named(SMALL))  # type: ignore[arg-type]
    assert (runs.profile, [line.number for line in runs.lines]) == ("EM_alice", ["1001"])
    assert "Made for Cisco 8851" in pages.text_of(admin.get(pages.address_of(phone)))


def test_a_profile_of_the_same_model_drops_nothing_and_the_audit_is_silent(small_site: Any, admin: Client) -> None:
    log_in(small_site, "SEP0011AA220001")
    assert "dropped" not in AuditEntry.objects.get(action="em.login").details
    assert "Not shown" not in pages.text_of(admin.get(pages.address_of(small_site.phone(1))))
