"""Pattern syntax, its rows, and which of several matches is the closest."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from roamline.rooms.dialplan import rules
from roamline.rooms.dialplan.rules import CompiledRow, Match, PatternRefused, compile_pattern


def rows(pattern):
    compiled = compile_pattern(pattern)
    assert not isinstance(compiled, PatternRefused), compiled
    return compiled


def fits(pattern, number):
    return any(rules.matches(row, number) for row in rows(pattern))


@pytest.mark.parametrize(
    ("pattern", "numbers", "others"),
    [
        ("112", ["112"], ["11", "1122", "113"]),
        ("9XXX", ["9000", "9999"], ["900", "90000", "8000", "9*00", "90#0"]),
        ("9!", ["91", "9123456789"], ["9", "8123", "9*1"]),
        ("[2-4]00", ["200", "300", "400"], ["100", "500"]),
        ("[^2-4]00", ["000", "100", "500", "900"], ["200", "*00"]),
        ("[159*]1", ["11", "51", "91", "*1"], ["21", "#1"]),
        ("*21#", ["*21#"], ["*21", "121#"]),
        ("*X!#", ["*12#", "*1234#"], ["*1#", "*1234"]),
        ("+4930!", ["+49301", "+49301234"], ["4930123", "+4930"]),
        ("[0-9]1", ["01", "91"], ["*1"]),
    ],
)
def test_what_patterns_match(pattern, numbers, others):
    assert [number for number in numbers if not fits(pattern, number)] == []
    assert [number for number in others if fits(pattern, number)] == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "at least one digit"),
        (".", "at least one digit"),
        ("9.1.2", "Only one dot"),
        ("9!.1", "before the dot"),
        ("9A", "cannot stand"),
        ("9+1", "cannot stand"),
        ("9[1", "cannot stand"),
        ("9[]1", "not a list"),
        ("9[4-2]", "not a list"),
        ("9[^0-9]", "not a list"),
        ("9[1-]", "not a list"),
        ("[1-5][1-5][1-5]", "125 combinations"),
        ("9_%", "cannot stand"),
    ],
)
def test_what_is_refused_and_why(pattern, reason):
    refused = compile_pattern(pattern)
    assert isinstance(refused, PatternRefused)
    assert reason in refused.reason


def test_choices_become_rows_and_the_dot_a_cut():
    assert rows("9.[12]X") == [CompiledRow("91_", 1699, 1, 0), CompiledRow("92_", 1699, 1, 0)]
    assert rows("0!") == [CompiledRow("0_%", 999, 0, 0)]
    assert len(rows("[1-8][1-8]")) == 64


def test_fewer_numbers_matched_is_closer():
    closeness = [max(row.specificity for row in rows(pattern)) for pattern in ("9!", "9XX", "9[1-5]X", "91X", "912")]
    assert closeness == sorted(closeness)
    assert len(set(closeness)) == len(closeness)
    assert rows("912")[0].specificity == rules.exact_specificity("912")


def test_ties_go_to_the_line_and_then_to_the_earlier_partition():
    device = Match(1, 0, 2000, "trunk", "A", "9XX")
    late = Match(0, 7, 2000, "block", "B", "9XX")
    early = Match(0, 2, 2000, "trunk", "C", "9XX")
    closest = Match(1, 9, 3000, "number", "D", "911")
    assert rules.closest_first([device, late, early, closest]) == [closest, early, late, device]


def test_what_a_trunk_is_sent():
    assert rules.sent_as("95551234", 1, "+1") == "+15551234"
    assert rules.sent_as("112", 0, "") == "112"


PATTERNS = some.lists(
    some.sampled_from(["1", "9", "*", "#", "X", "!", "[2-4]", "[^05]", "[1*]"]), min_size=1, max_size=6
).map("".join)
NUMBERS = some.text("0123456789*#", min_size=1, max_size=8)


@given(PATTERNS, NUMBERS)
def test_the_rows_match_what_the_pattern_says(pattern, number):
    compiled = compile_pattern(pattern)
    if isinstance(compiled, PatternRefused):
        return
    expression = (
        pattern.replace("*", r"\*").replace("[1\\*]", "[1*]").replace("X", "[0-9]").replace("!", "[0-9]+")
    ).replace("[^05]", "[1-46-9]")
    assert fits(pattern, number) == (re.fullmatch(expression, number) is not None)


@given(some.text(max_size=12))
def test_any_text_is_compiled_or_refused(text):
    compiled = compile_pattern(text)
    assert isinstance(compiled, PatternRefused) or 1 <= len(compiled) <= rules.MOST_ROWS
