"""The error registry against the tables that service desks know (errors.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roamline.kernel.errors import Error

TABLES = Path(__file__).resolve().parents[2] / "docs" / "spec" / "errors.md"
ROW = re.compile(r"^\| ([0-9, ]+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
BOTH_WHEN_LOGGING_OUT = {205, 207, 208, 210, 211, 213}

LOG_IN_TEXTS = {
    23: "Login is Unavailable(23)",
    25: "Multi-Login Not Allowed (25)",
    39: "Please try to login again (201)",
    40: "Please try to login again (23)",
    44: "Please try to login again (201)",
    45: "Login is unsuccessful(45)",
    46: "Login is unsuccessful(46)",
    47: "DN has multiple users(47)",
    201: "Please try to login again (201)",
    202: "Please try to login again (202)",
    204: "Login is unavailable (204)",
    205: "Login is unavailable (205)",
    215: "LoginType invalid(215)",
    216: "DN has multiple users(216)",
}
NO_TEXT = {7, 27, 41}
ONLY_AT_LOG_IN = {2, 12, 18, 22, 43, 212}
ONLY_AT_LOG_OUT = {19}


def test_every_number_of_the_tables_is_known_and_no_other() -> None:
    service = set(range(48)) - {13, 14, 15, 16, 17, 24, 34}
    application = {201, 202, 204, 205, 207, 208, 210, 211, 212, 213, 215, 216}
    assert {error.number for error in Error} == service | application


@pytest.mark.parametrize("number", [13, 14, 15, 16, 17, 24, 34, 203, 206, 209, 214])
def test_a_number_that_is_defined_nowhere_is_not_used(number: int) -> None:
    with pytest.raises(KeyError):
        Error.of(number)


@pytest.mark.parametrize("error", list(Error), ids=lambda error: str(error.number))
def test_the_text_at_a_log_in_is_the_one_that_phones_show(error: Error) -> None:
    if error.number in NO_TEXT | ONLY_AT_LOG_OUT:
        assert error.value.log_in_text is None
    else:
        assert error.value.log_in_text == LOG_IN_TEXTS.get(error.number, f"Login is unavailable({error.number})")


@pytest.mark.parametrize("error", list(Error), ids=lambda error: str(error.number))
def test_the_text_at_a_log_out_is_the_one_that_phones_show(error: Error) -> None:
    without = NO_TEXT | ONLY_AT_LOG_IN | (set(LOG_IN_TEXTS) - BOTH_WHEN_LOGGING_OUT)
    expected = None if error.number in without else f"Logout is unavailable({error.number})"
    assert error.value.log_out_text == expected


def test_an_error_is_found_by_its_number() -> None:
    assert all(Error.of(error.number) is error for error in Error)


def test_short_names_and_numbers_are_those_of_the_specification() -> None:
    listed: dict[int, str] = {}
    for numbers, short_name, _text in ROW.findall(TABLES.read_text(encoding="utf-8")):
        listed |= {int(number): short_name.strip() for number in numbers.split(",")}
    exact = {error.number: error.short_name for error in Error if error.number not in {2, 45, 46}}
    assert listed.keys() == {error.number for error in Error}
    assert exact == {number: name for number, name in listed.items() if number not in {2, 45, 46}}
    assert listed[2].startswith(Error.of(2).short_name)
