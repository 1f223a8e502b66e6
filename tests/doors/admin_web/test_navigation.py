"""Finding one's way: the navigation, and the search beside it (EM-10)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from roamline.doors.admin_web import navigation
from roamline.doors.admin_web.menu import GROUPS
from roamline.rooms.headsets.models import Headset
from roamline.rooms.mobility.models import LoginSession, LogOutSchedule
from tests.doors.admin_web import pages

ENTRIES = [entry for _title, entries in GROUPS for entry in entries]


def links_of(client: Client) -> set[str]:
    """The addresses in the navigation of the first page."""
    page = html.fromstring(client.get("/admin/").content.decode())
    return {str(link) for link in page.xpath("//*[@id='nav-sidebar-apps']//a/@href")}


def found(client: Client, text: str) -> str:
    """What the search says to a text."""
    response = client.get("/admin/search/", {"s": text})
    return pages.text_of(response) if response.content else ""


def test_every_page_of_the_navigation_that_exists_is_there_and_opens(small_site: Any, admin: Client) -> None:
    shown = links_of(admin)
    addresses = {address for entry in ENTRIES if (address := navigation.address_of(entry.view))}
    assert len(addresses) > 20
    assert addresses <= shown
    assert {address: admin.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_a_page_that_does_not_exist_is_left_out() -> None:
    assert navigation.address_of("there_is_no_such_page") == ""


def test_the_help_desk_does_not_see_what_it_may_not_open(small_site: Any, dana: Client, admin: Client) -> None:
    hidden = links_of(admin) - links_of(dana)
    assert "/admin/ledger/auditentry/" in hidden
    assert "/admin/phones/phone/" not in hidden
    assert all(dana.get(link).status_code == 200 for link in links_of(dana))


@pytest.mark.proves("EM-10")
@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("enterprise param", "Enterprise parameters"),
        ("IP phone service", "Phone services"),
        ("controlled profiles", "End users"),
        ("add end users to group", "Access control groups"),
        ("actively logged in", "Login sessions"),
        ("subscribe services", "Phone services"),
    ],
)
def test_the_search_finds_a_page_by_the_name_that_handbooks_give_it(
    text: str, page: str, small_site: Any, admin: Client
) -> None:
    assert page in found(admin, text)


def test_the_search_finds_phones_users_and_numbers_by_their_beginning(small_site: Any, admin: Client) -> None:
    assert "SEP0011AA220001 Phone" in found(admin, "sep0011aa220001")
    assert "alice End user" in found(admin, "alic")
    assert "1001 Directory number" in found(admin, "1001")
    assert "EM_alice Device profile" in found(admin, "EM_al")
    assert "Nothing is called so." in found(admin, "no such thing")
    assert found(admin, "  ") == ""


def test_the_search_asks_as_much_for_many_hits_as_for_few(small_site: Any, admin: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        found(admin, "sep0011aa220001")
    with CaptureQueriesContext(connection) as many:
        found(admin, "sep")
    assert len(many) == len(few)


def test_nobody_searches_without_signing_in(small_site: Any) -> None:
    assert Client().get("/admin/search/", {"s": "alice"}).status_code == 302


def test_the_way_to_a_page_begins_with_its_group_of_the_navigation(small_site: Any, admin: Client) -> None:
    for model, group in ((LogOutSchedule, "Bulk administration"), (LoginSession, "Reports"), (Headset, "Device")):
        page = pages.text_of(admin.get(pages.list_of(model)))
        assert f" dock_to_right {group} chevron_right " in page


def test_a_selection_is_counted_as_koreans_count(small_site: Any, admin: Client) -> None:
    script = admin.get("/admin/jsi18n/", headers={"accept-language": "ko"}).content.decode()
    assert json.dumps("%(cnt)s개 중 %(sel)s개 선택됨") in script
