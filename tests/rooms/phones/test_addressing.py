"""Which addresses a phone is given, by its IP addressing mode."""

from __future__ import annotations

from typing import Any

import pytest

from roamline.rooms.phones import addressing
from roamline.rooms.phones.addressing import BOTH, IPV4, IPV6

EM = ":8080/emapp/EMAppServlet?device=#DEVICENAME#"


@pytest.fixture(autouse=True)
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site that is reached by a name, and by an IPv6 address."""
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_host", "em.example")
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_ipv6", "2001:db8::7")
    return settings.CONFIG.values


@pytest.mark.parametrize(
    ("url", "reached"),
    [
        (f"http://em.example{EM}", f"http://[2001:db8::7]{EM}"),
        (f"https://EM.example{EM}", f"https://[2001:db8::7]{EM}"),
        ("http://em.example", "http://[2001:db8::7]"),
        ("http://news.example/a?b=1", "http://news.example/a?b=1"),
        ("http://[2001:db8::9]:8080/x", "http://[2001:db8::9]:8080/x"),
        ("http://192.0.2.1:8080/x", ""),
        ("", ""),
    ],
)
def test_in_ipv6_mode_a_url_names_no_ipv4_address(url: str, reached: str) -> None:
    assert addressing.url_for(url, IPV6) == reached
    assert [addressing.url_for(url, mode) for mode in (IPV4, BOTH)] == [url, url]


def test_in_ipv6_mode_servers_with_ipv4_addresses_are_left_out() -> None:
    servers = ("em.example:5060", "192.0.2.1:5060", "[2001:db8::9]:5062", "sip2.example:5060")
    assert addressing.servers_for(servers, IPV6) == (
        "[2001:db8::7]:5060", "[2001:db8::9]:5062", "sip2.example:5060",
    )  # fmt: skip
    assert addressing.servers_for(servers, BOTH) == servers


def test_a_site_without_an_ipv6_address_gives_none(site: Any) -> None:
    site["site.advertised_ipv6"] = ""
    with pytest.raises(addressing.NoIPv6Address, match="advertised_ipv6"):
        addressing.own_host(IPV6)
    assert addressing.own_host(IPV4) == "em.example"
    assert addressing.url_for(f"http://em.example{EM}", IPV6) == ""
    assert addressing.servers_for(("em.example:5060", "sip2.example:5060"), IPV6) == ("sip2.example:5060",)
    site["site.advertised_host"] = "::1"
    assert addressing.own_base_url(IPV6, secure=True) == "https://[::1]:8443"


@pytest.mark.parametrize(
    ("address", "mode"),
    [("2001:db8::20", IPV6), ("fe80::1%eth0", IPV6), ("::ffff:192.0.2.20", BOTH), ("192.0.2.20", BOTH), ("", BOTH)],
)
def test_who_is_unknown_is_answered_by_the_version_that_it_came_by(address: str, mode: str) -> None:
    assert addressing.mode_of_source(address) == mode
