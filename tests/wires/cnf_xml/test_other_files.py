from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.cnf_xml import (
    CATCH_ALL,
    CallManager,
    DialRule,
    fitting_rules,
    render_default_file,
    render_dial_template,
)
from roamline.wires.cnf_xml.stamp import stamp_matches
from roamline.wires.safe_xml import parse_xml


def test_an_unknown_phone_learns_the_servers_and_no_firmware_that_is_not_there() -> None:
    root = parse_xml(render_default_file((CallManager("sip1.example"),), {"8841": "sip88xx.14-1-1", "6941": "x"}))
    assert root.tag == "Default"
    assert root.findtext("callManagerGroup/members/member/callManager/processNodeName") == "sip1.example"
    load = root.find("loadInformation683")
    assert load is not None
    assert (load.text, load.get("model")) == ("sip88xx.14-1-1", "Cisco 8841")
    assert [child.tag for child in root] == [
        "callManagerGroup", "authenticationURL", "servicesURL", "loadInformation683"
    ]  # fmt: skip
    with pytest.raises(ValueError, match="call managers"):
        render_default_file(())


def test_a_dial_template_keeps_its_order_and_ends_with_the_rest() -> None:
    document = render_dial_template([DialRule("1..."), DialRule("", rewrite="300", line=2), DialRule("9,.......", 2)])
    root = parse_xml(document)
    assert [dict(rule.attrib) for rule in root.findall("TEMPLATE")] == [
        {"match": "1...", "timeout": "0"},
        {"match": "", "timeout": "0", "rewrite": "300", "line": "2"},
        {"match": "9,.......", "timeout": "2"},
        {"match": "*", "timeout": "5"},
    ]
    assert stamp_matches(document)


@given(st.integers(0, 400), st.integers(1, 60))
def test_a_dial_template_is_never_larger_than_a_phone_reads(count: int, length: int) -> None:
    rules = [DialRule("1" * length)] * count
    document = render_dial_template(rules)
    assert len(document) <= 8191
    kept = len(parse_xml(document).findall("TEMPLATE")) - 1
    assert kept == len(fitting_rules(rules))
    assert kept == count or len(document) + 100 + length > 8191
    assert parse_xml(document).findall("TEMPLATE")[-1].get("match") == CATCH_ALL.match


@pytest.mark.parametrize(
    ("match", "timeout", "rewrite"), [("abc", 0, None), ("1" * 65, 0, None), ("1", -1, None), ("1", 61, None),
                                      ("1", 0, ""), ("1", 0, "x y")]
)  # fmt: skip
def test_a_pattern_that_phones_do_not_know_is_refused(match: str, timeout: int, rewrite: str | None) -> None:
    with pytest.raises(ValueError, match="phone understands"):
        DialRule(match, timeout, rewrite)
