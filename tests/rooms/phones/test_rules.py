"""Which service URLs lead to a log-in, and what phones will stumble over."""

from __future__ import annotations

import pytest

from roamline.rooms.phones.rules import (
    UrlTrouble,
    is_extension_mobility,
    looks_mistyped,
    objection_to_url,
    positions_used_twice,
    trouble_with_url,
)

GOOD = "http://h:8080/emapp/EMAppServlet?device=#DEVICENAME#"


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        (GOOD, ()),
        (f"{GOOD}&loginType=SP", ()),
        (f"{GOOD}&EMCC=#EMCC#", ()),
        ("http://[2001:db8::1]:8080/emapp/EMAppServlet?device=#DEVICENAME#", ()),
        (GOOD.replace("EMApp", "emapp"), (UrlTrouble.PATH_CASE,)),
        (GOOD.replace("device", "Device"), (UrlTrouble.PARAMETER_CASE,)),
        (f"{GOOD}&logintype=SP", (UrlTrouble.PARAMETER_CASE,)),
        (f"{GOOD}&loginType=sp", (UrlTrouble.LOGIN_TYPE,)),
        ("http://h:8080/emapp/EMAppServlet", (UrlTrouble.NO_DEVICE,)),
        ("http://h/news", ()),
    ],
)
def test_trouble_with_a_url(url: str, trouble: tuple[UrlTrouble, ...]) -> None:
    assert trouble_with_url(url) == trouble


@pytest.mark.parametrize("url", ["", "emapp", "ftp://h/", "http://", "http://[::1/x", "http://h:0x/", "http://h /x"])
def test_what_is_no_url(url: str) -> None:
    assert objection_to_url(url) is UrlTrouble.NOT_A_URL


def test_only_the_exact_path_is_the_log_in_application() -> None:
    assert is_extension_mobility(GOOD)
    assert not is_extension_mobility(GOOD.lower())
    assert not is_extension_mobility("http://[broken/emapp/EMAppServlet")


def test_names_that_look_like_hardware_phones_but_are_not() -> None:
    assert looks_mistyped("SEP0011AA22000")
    assert not looks_mistyped("SEP0011AA220001")
    assert not looks_mistyped("lobby-phone")


def test_positions_that_are_used_twice() -> None:
    assert positions_used_twice([3, 1, 3, 2, 1, 3]) == [1, 3]
