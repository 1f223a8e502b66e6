"""A phone in IPv6 mode sees no IPv4 address, whichever door it comes to (EM-2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from roamline.doors.device_api.rendering import configuration_of
from roamline.doors.provisioning import device_files, site_files
from roamline.doors.provisioning.answering import Found, Refusal, answer
from roamline.doors.provisioning.rendered import kept
from roamline.doors.web_phone.state import state_of
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.phones.models import Button, DevicePool, Phone, PhoneModel, PhoneService
from tests.doors.policies.scene import CHANGE, EM_APP, LOBBY, Scene, now
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db

IPV4 = re.compile(rb"\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b")
VERSION = re.compile(rb"<version>1\.0\.0\.0-1</version>")


@pytest.fixture(autouse=True)
def site(scene: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A site at an IPv4 and an IPv6 address; all phones are in IPv6 mode, by their pool or their own."""
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_host", "192.0.2.1")
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_ipv6", "2001:db8::1")
    PhoneModel.objects.update(registers_once=True, product_number=684)
    DevicePool.objects.update(ip_addressing_mode="ipv6", sip_servers=["192.0.2.1:5060", "192.0.2.9:5060"])
    url = "http://{}:8080/emapp/EMAppServlet?device=#DEVICENAME#&EMCC=#EMCC#"
    own = Phone.objects.get(name=LOBBY).own_profile
    for name, host in (("EM", "192.0.2.1"), ("News", "192.0.2.77"), ("Weather", "weather.example")):
        service = PhoneService.objects.create(name=name, url=url.format(host))
        own.services.add(service)
        Button.objects.create(
            profile=own, position=3 + PhoneService.objects.count(), kind="service", label=name, service=service
        )
    yield settings.CONFIG.values
    kept.forget_all()


def texts(content: bytes, path: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(content).findall(path)]


@pytest.mark.proves("EM-2")
def test_its_file_holds_only_ipv6_addresses() -> None:
    found = answer(f"{LOBBY}.cnf.xml", "::1", now())
    assert isinstance(found, Found)
    content = bytes(found.content)
    assert IPV4.findall(VERSION.sub(b"", content)) == []
    assert texts(content, "ipAddressMode") == ["1"]
    assert texts(content, ".//processNodeName") == ["2001:db8::1"]
    assert texts(content, "authenticationURL") == ["http://[2001:db8::1]:8080/authenticate"]
    assert texts(content, "phoneServices/phoneService/url") == [
        "http://[2001:db8::1]:8080/emapp/EMAppServlet?device=#DEVICENAME#&EMCC=#EMCC#",
        "http://weather.example:8080/emapp/EMAppServlet?device=#DEVICENAME#&EMCC=#EMCC#",
    ]
    assert len(texts(content, ".//serviceURI")) == 2


def test_what_it_cannot_reach_is_listed_as_dropped() -> None:
    phone = phone_named(LOBBY)
    assert phone is not None
    assert effective_configuration_of(phone).dropped == ("service News (no IPv6 address)",)


@pytest.mark.parametrize(("mode", "digit", "host"), [("ipv4", "0", "192.0.2.1"), ("both", "2", "192.0.2.1")])
def test_a_phones_own_mode_goes_before_its_pools_and_counts_at_the_next_fetch(mode: str, digit: str, host: str) -> None:
    assert isinstance(answer(f"{LOBBY}.cnf.xml", "::1", now()), Found)
    Phone.objects.filter(name=LOBBY).update(ip_addressing_mode=mode)
    found = answer(f"{LOBBY}.cnf.xml", "::1", now())
    assert isinstance(found, Found)
    assert texts(bytes(found.content), "ipAddressMode") == [digit]
    assert texts(bytes(found.content), ".//processNodeName")[0] == host


@pytest.mark.proves("EM-2")
@pytest.mark.parametrize("path", [EM_APP, CHANGE])
def test_its_screens_lead_to_the_ipv6_address_whatever_it_came_by(scene: Scene, path: str) -> None:
    for query in ({}, {"userid": "alice", "seq": "1"}, {"userid": "chen", "seq": PIN}):
        content = scene.answer(path, device=LOBBY, **query).content
        assert IPV4.findall(content) == []
        assert b"http://[2001:db8::1]:8080/" in content


def test_an_unknown_phone_is_answered_by_the_version_that_it_came_by(scene: Scene) -> None:
    scene.address = "2001:db8::99"
    assert b"http://[2001:db8::1]:8080/" in scene.answer(EM_APP, device="SEP0011AA22FFFF").content
    assert texts(site_files.default_file("ipv6"), ".//processNodeName") == ["2001:db8::1"]
    scene.address = "192.0.2.99"
    assert b"http://192.0.2.1:8080/" in scene.answer(EM_APP, device="SEP0011AA22FFFF").content


@pytest.mark.proves("EM-2")
def test_a_software_phone_registers_there() -> None:
    configuration = configuration_of(LOBBY)
    assert configuration is not None
    assert (configuration.registrar.host, configuration.registrar.port) == ("2001:db8::1", 5060)


def test_a_web_phone_opens_its_services_all_the_same() -> None:
    phone = phone_named(LOBBY)
    assert phone is not None
    services = {each["label"]: each["link"] for each in state_of(phone)["services"]}
    assert services["EM"] is not None
    assert services["Weather"] is None, "none of this site's"


def test_without_an_ipv6_address_of_the_site_it_gets_no_file_and_the_reason_is_said(site: dict[str, Any]) -> None:
    site["site.advertised_ipv6"] = ""
    assert answer(f"{LOBBY}.cnf.xml", "::1", now()) is Refusal.NOT_FOUND
    assert device_files.render(LOBBY) is None
    Phone.objects.filter(name=LOBBY).update(ip_addressing_mode="ipv4")
    assert device_files.render(LOBBY) is not None
