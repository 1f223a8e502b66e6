"""A web phone opens its own services on this site, and nothing else."""

from __future__ import annotations

import pytest
from django.conf import settings

from roamline.doors.web_phone.links import Links

DEVICE = "SEP0011AA220007"
EM = "http://127.0.0.1:8080/emapp/EMAppServlet"


@pytest.fixture
def links() -> Links:
    return Links(DEVICE, [f"{EM}?device=#DEVICENAME#", "http://news.example/phone.xml"])


@pytest.mark.proves("EM-2")
def test_what_cisco_phones_fill_in_is_filled_in_here(links: Links) -> None:
    link = links.seal(f"{EM}?device=#DEVICENAME#&EMCC=#EMCC#")
    target = links.open(link) if link else None
    assert target is not None
    assert target.query == f"device={DEVICE}&EMCC=false"
    across = Links(DEVICE, [EM], across=True)
    link = across.seal(f"{EM}?device=#DEVICENAME#&EMCC=#EMCC#")
    target = across.open(link) if link else None
    assert target is not None
    assert target.query == f"device={DEVICE}&EMCC=true"


def test_a_service_is_opened_for_the_phone_itself(links: Links) -> None:
    link = links.seal(f"{EM}?device=#DEVICENAME#")
    assert link is not None
    target = links.open(link)
    assert target is not None
    assert (target.path, target.query, target.posts) == ("/emapp/EMAppServlet", f"device={DEVICE}", False)
    assert target.with_fields({"a b": "ü"}) == f"device={DEVICE}&a+b=%C3%BC"


@pytest.mark.parametrize(
    "url",
    [
        f"{EM}?device=SEP0011AA220001",
        f"{EM}?device={DEVICE}&device=SEP0011AA220001",
        "http://news.example/phone.xml",
        "http://127.0.0.1:8090/admin/",
        "http://127.0.0.1:8080/emservice/EMServiceServlet",
        "http://127.0.0.1:8080/readyz",
        "http://127.0.0.1/emapp/EMAppServlet",
        "http://127.0.0.1:99999/emapp/EMAppServlet",
        "https://127.0.0.1:8080/emapp/EMAppServlet",
        "file:///etc/passwd",
        "SoftKey:Unknown",
        "Dial:112",
        "",
    ],
)
def test_nothing_else_is_sealed(links: Links, url: str) -> None:
    assert links.seal(url) is None


def test_a_link_of_another_phone_and_a_made_up_one_open_nothing(links: Links) -> None:
    foreign = Links("SEP0011AA220009", [EM]).seal(f"{EM}?device=SEP0011AA220009")
    own = links.seal(EM)
    assert foreign
    assert own
    for link in (foreign, own[:-2], own + "x", "", ":", "a:b", "x" * 3000):
        assert links.open(link) is None


def test_a_service_that_was_taken_away_is_opened_no_more(links: Links) -> None:
    link = links.seal(EM)
    assert link
    assert Links(DEVICE, []).open(link) is None


def test_the_advertised_host_counts_and_not_how_the_browser_calls_this_node(
    links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_host", "phones.example")
    assert Links(DEVICE, ["http://phones.example:8080/a"]).seal("http://phones.example:8080/a?x=1")
    assert Links(DEVICE, [EM]).seal(EM) is None
