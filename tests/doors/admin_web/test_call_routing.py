"""Call routing: patterns are compiled or refused at the field; partitions of a space change places (EM-40)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.rooms.dialplan.models import CallingSearchSpace, CompiledPattern, RoutePattern
from roamline.rooms.mobility.configuration import effective_configuration_of
from roamline.rooms.phones.models import DevicePool, Phone, PhoneService
from tests.doors.admin_web import pages


@pytest.mark.parametrize(("pattern", "said"), [("9[", "cannot stand at place 2"), ("9!.1", "No ! may stand before")])
def test_a_pattern_that_cannot_be_compiled_is_refused_at_the_field(
    pattern: str, said: str, small_site: Any, admin: Client
) -> None:
    values = {"pattern": pattern, "partition": small_site.routing.internal.pk}
    response = pages.send(admin, pages.add_to(RoutePattern), values)
    assert said in str(response.context["adminform"].form.errors["pattern"])
    assert not RoutePattern.objects.filter(pattern=pattern).exists()


def test_a_saved_pattern_is_compiled_and_compiled_again_when_it_changes(small_site: Any, admin: Client) -> None:
    values = {"pattern": "8X", "partition": small_site.routing.internal.pk}
    assert pages.send(admin, pages.add_to(RoutePattern), values).status_code == 302
    made = RoutePattern.objects.get(pattern="8X")
    assert [row.like_pattern for row in CompiledPattern.objects.filter(route_pattern=made)] == ["8_"]
    assert pages.send(admin, pages.address_of(made), {"pattern": "7[12]"}).status_code == 302
    rows = CompiledPattern.objects.filter(route_pattern=made).order_by("like_pattern")
    assert [row.like_pattern for row in rows] == ["71", "72"]


def test_the_partitions_of_a_space_change_places(small_site: Any, admin: Client) -> None:
    space = CallingSearchSpace.objects.get(name="Internal only")
    before = [member.partition.name for member in space.members.all()]
    swapped = {"members-0-position": "2", "members-1-position": "1"}
    assert pages.send(admin, pages.address_of(space), swapped).status_code == 302
    assert [member.partition.name for member in space.members.all()] == before[::-1]
    assert [member.position for member in space.members.all()] == [1, 2]


def test_a_number_says_which_phones_and_profiles_have_it_and_they_learn_of_a_change(
    small_site: Any, admin: Client
) -> None:
    number = small_site.routing.number("1901")
    page = admin.get(pages.address_of(number))
    assert pages.address_of(small_site.phone(1)) in page.content.decode()
    pages.send(admin, pages.address_of(number), {"pattern": "1911"})
    assert Phone.objects.get(name="SEP0011AA220001").configuration_version == 2
    assert Phone.objects.get(name="SEP0011AA220002").configuration_version == 1


def test_the_phones_of_a_pool_learn_of_its_new_servers(small_site: Any, admin: Client) -> None:
    pool = DevicePool.objects.get(name="Lobby")
    assert "Not host:port: nonsense" in pages.text_of(
        pages.send(admin, pages.address_of(pool), {"sip_servers": "192.0.2.1:5060\nnonsense"})
    )
    pages.send(admin, pages.address_of(pool), {"sip_servers": "192.0.2.1:5060\n[2001:db8::1]:5061"})
    pool.refresh_from_db()
    assert pool.sip_servers == ["192.0.2.1:5060", "[2001:db8::1]:5061"]
    versions = set(Phone.objects.filter(device_pool=pool).values_list("configuration_version", flat=True))
    assert versions == {2}


def test_a_time_zone_that_there_is_not_is_refused(small_site: Any, admin: Client) -> None:
    response = pages.send(admin, pages.address_of(DevicePool.objects.first()), {"time_zone": "Mars/Base"})
    assert "Give a time zone such as" in pages.text_of(response)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://h:8080/emapp/emappservlet?device=#DEVICENAME#", "addresses are case-sensitive"),
        ("http://h:8080/emapp/EMAppServlet?Device=#DEVICENAME#", "write device and loginType exactly so"),
        ("http://h:8080/emapp/EMAppServlet", "error 207"),
        ("http://h:8080/emapp/EMAppServlet?device=#DEVICENAME#&loginType=PIN", "error 215"),
    ],
)
def test_a_service_url_that_phones_will_stumble_over_is_saved_with_a_warning(
    url: str, said: str, small_site: Any, admin: Client
) -> None:
    service = PhoneService.objects.get()
    response = pages.send(admin, pages.address_of(service), {"url": url})
    assert said in pages.messages_of(admin, response)
    service.refresh_from_db()
    assert service.url == url
    assert said in pages.text_of(admin.get(pages.address_of(service)))


@pytest.mark.parametrize("url", ["emapp", "ftp://h/x", "http:///x", "http://[2001:db8::1/x", "http://h:99999/x"])
def test_what_is_no_url_is_refused(url: str, small_site: Any, admin: Client) -> None:
    response = pages.send(admin, pages.address_of(PhoneService.objects.get()), {"url": url})
    assert "Give a URL that begins with http" in pages.text_of(response)


@pytest.mark.proves("EM-2")
def test_an_ipv6_address_in_brackets_is_taken(small_site: Any, admin: Client) -> None:
    url = "http://[2001:db8::1]:8080/emapp/EMAppServlet?device=#DEVICENAME#&loginType=SP"
    assert pages.send(admin, pages.address_of(PhoneService.objects.get()), {"url": url}).status_code == 302


@pytest.mark.proves("EM-2")
def test_a_phone_service_is_added_changed_and_deleted(small_site: Any, admin: Client) -> None:
    facts = {
        "name": "News", "category": "directories", "url": "http://10.0.0.5:8080/News.xml",
        "secure_url": "https://news.example:8443/News.xml", "enabled": "on", "enterprise_subscription": "on",
    }  # fmt: skip
    assert pages.send(admin, pages.add_to(PhoneService), facts).status_code == 302
    service = PhoneService.objects.get(name="News")
    kept = {name: getattr(service, name) for name in facts}
    assert kept == {**facts, "enabled": True, "enterprise_subscription": True}
    phone = Phone.objects.get(name="SEP0011AA220001")
    assert "News" in [each.name for each in effective_configuration_of(phone).services]
    pages.send(admin, pages.address_of(service), {"category": "messages"}, without=("enterprise_subscription",))
    service.refresh_from_db()
    assert (service.category, service.enterprise_subscription) == ("messages", False)
    pages.send(admin, pages.address_of(service), {}, without=("enabled",))
    service.refresh_from_db()
    assert not service.enabled
    admin.post(pages.address_of(service, "delete"), {"post": "yes"})
    assert not PhoneService.objects.filter(name="News").exists()


@pytest.mark.proves("EM-2")
def test_ipv6_mode_is_taken_once_the_site_has_an_ipv6_address(
    small_site: Any, admin: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, pool = Phone.objects.get(name="SEP0011AA220001"), DevicePool.objects.get(name="Lobby")
    for noun in (phone, pool):
        refused = pages.send(admin, pages.address_of(noun), {"ip_addressing_mode": "ipv6"})
        assert "This site has no IPv6 address" in pages.text_of(refused)
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_ipv6", "2001:db8::1")
    for noun in (phone, pool):
        assert pages.send(admin, pages.address_of(noun), {"ip_addressing_mode": "ipv6"}).status_code == 302
        noun.refresh_from_db()
        assert noun.ip_addressing_mode == "ipv6"
    assert {each.address_mode for each in Phone.objects.filter(device_pool=pool)} == {"ipv6"}
    phone.refresh_from_db()
    assert phone.configuration_version > 1, "the phone is told"


def test_a_list_is_found_by_field_and_keeps_its_query(small_site: Any, admin: Client) -> None:
    def names(**query: str) -> list[str]:
        return [phone.name[-1] for phone in admin.get(pages.list_of(Phone), query).context["cl"].result_list]

    assert names(find="name", how="ends", text="0003") == ["3"]
    assert names(find="name", how="begins", text="sep0011") == list("123456789")
    assert names(find="name", how="contains", text="220004") == ["4"]
    assert names(find="name", how="is", text="SEP0011AA220005") == ["5"]
    assert names(find="firmware", how="empty") == ["6", "7", "9"]
    assert names(find="firmware", how="filled") == ["1", "2", "3", "4", "5", "8"]
    assert names(find="device_pool__name", how="is", text="lobby", em_enabled__exact="1") == ["1", "6", "7"]
    assert names(find="ha1", how="filled") == list("123456789"), "only fields that the page names are searched"
    page = admin.get(pages.list_of(Phone), {"find": "name", "how": "ends", "text": "0003"})
    assert 'value="0003"' in page.content.decode()


@pytest.mark.proves("EM-12")
def test_a_device_pool_is_a_site_and_every_phone_has_one(small_site: Any, admin: Client) -> None:
    css = small_site.routing.inside
    facts = {
        "name": "Seoul", "location": "Floor 3", "emergency_callback": "5550003", "default_css": css.pk,
        "region": "Asia", "time_zone": "Asia/Seoul", "sip_servers": "192.0.2.1:5060",
    }  # fmt: skip
    assert pages.send(admin, "/admin/phones/devicepool/add/", facts).status_code == 302
    pool = DevicePool.objects.get(name="Seoul")
    assert (pool.location, pool.emergency_callback, pool.default_css, pool.region, pool.time_zone) == (
        "Floor 3", "5550003", css, "Asia", "Asia/Seoul",
    )  # fmt: skip
    phone = small_site.phone(1)
    pages.send(admin, pages.address_of(phone), {"device_pool": pool.pk})
    phone.refresh_from_db()
    assert phone.device_pool == pool
    refused = pages.send(admin, pages.address_of(phone), {"device_pool": ""})
    assert "This field is required" in pages.text_of(refused)
