"""Screens, as the server describes them and as a terminal shows them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline_desk_agent.screen_text import as_text, headsets_text
from roamline_desk_agent.screens import Menu, ScreenError, read_menu, read_screen
from tests.desk_agent.screen_documents import PIN, association, offer

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def text_of(document: Any, now: float = 0.0, *, read_only: bool = False) -> list[str]:
    screen = read_screen(document, 0.0)
    return as_text({"screen": screen and screen.as_document(now), "read_only": read_only}).splitlines()


def test_a_screen_as_text_masks_the_pin() -> None:
    assert text_of(association()) == [
        "Associate headset to user",
        "=========================",
        "Headset TL40A0007",
        "  User ID: alice",
        "  PIN: ****",
        "[submit] Submit  [exit] Exit",
    ]


def test_a_countdown_counts_down_and_stops_at_nought() -> None:
    assert "signs in in 12 s" in text_of(offer())
    assert "signs in in 2 s" in text_of(offer(), now=10.5)
    assert "signs in in 0 s" in text_of(offer(), now=99.0)


def test_choices_are_named_with_the_value_to_choose_them_by() -> None:
    assert "    home: At home" in text_of(offer())


def test_a_desk_phones_screen_is_answered_there() -> None:
    assert text_of(association(), read_only=True)[-1] == "answer on the phone"


def test_nothing_to_show_says_so() -> None:
    assert text_of(None) == ["nothing to show"]


def test_a_pin_that_a_server_sends_is_not_kept() -> None:
    document = association()
    document["fields"][1]["value"] = PIN
    screen = read_screen(document, 0.0)
    assert PIN not in repr(screen)


def test_a_terminal_gets_no_control_characters() -> None:
    screen = read_screen(association(text="a\x1b[2Jb\nc"), 0.0)
    assert screen
    assert screen.text == "a [2Jb\nc"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": "x" * 201}, "title must be"),
        ({"fields": [{"name": "a", "label": "b", "kind": "video"}]}, "kind must be"),
        ({"softkeys": "submit"}, "softkeys must be"),
        ({"softkeys": [1]}, "softkey must be"),
        ({"countdown": {"seconds": -1, "then": "sign_in"}}, "seconds must be"),
        ({"countdown": {"seconds": float("nan"), "then": "sign_in"}}, "seconds must be"),
        ({"fields": [{"name": "a", "kind": "text"}] * 11}, "at most 10"),
    ],
)
def test_what_is_no_screen_is_refused_with_the_reason(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ScreenError, match=why):
        read_screen({**association(), **change}, 0.0)


@given(JSON, st.sampled_from([*association(), "whole"]))
def test_any_json_is_a_screen_or_refused(noise: Any, part: str) -> None:
    document = noise if part == "whole" else {**association(), part: noise}
    try:
        screen = read_screen(document, 0.0)
    except ScreenError:
        return
    assert screen is None or screen.as_document(1.0)["id"] == screen.id


def test_the_menu_is_greyed_out_unless_the_server_says_otherwise() -> None:
    assert read_menu({"associate_headset": True}) == Menu(True)
    assert read_menu({"associate_headset": "yes"}) == read_menu({}) == Menu(False)
    with pytest.raises(ScreenError):
        read_menu([])


def test_headsets_as_text() -> None:
    one = {"serial": "TL40A0007", "model": "Tala 40", "vendor": "Nordlyd", "firmware": "1.50", "connection": "wired"}
    rack = {"source": "simulated", "connected": [one], "unusable": [{"model": "X", "why": "has no serial number"}]}
    assert headsets_text(rack).splitlines() == [
        "TL40A0007  Tala 40  Nordlyd  1.50 (simulated)",
        "X has no serial number: it cannot be associated",
    ]
    assert headsets_text({"source": "usb", "connected": [], "unusable": []}) == "no headset is connected"
