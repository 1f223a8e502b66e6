from __future__ import annotations

import pytest

from roamline.wires.file_names import is_safe_file_name


@pytest.mark.parametrize(
    "name",
    [
        "SEP0011AA220001.cnf.xml",
        "XMLDefault.cnf.xml",
        "English_United_States/sp-sip.jar",
        "Desktops/800x480x24/List.xml",
        "sip88xx.14-1-1-0001-125.loads",
        "a" * 128,
    ],
)
def test_what_phones_ask_for_is_a_name(name: str) -> None:
    assert is_safe_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "/etc/passwd",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a\\b",
        "a b",
        "C:x",
        "a\n",
        "a\0b",
        "é",
        "a" * 129,
        "%2e%2e/x",
        "~x",
        "-x",
    ],
)
def test_there_is_no_way_out_of_the_folder(name: str) -> None:
    assert not is_safe_file_name(name)
