from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.service_control import (
    NO_STAMP,
    Action,
    BodyShape,
    MalformedServiceControl,
    ServiceControl,
    header_block,
    notify_headers,
    parse_body,
    render_body,
)

CALL_ID = "001122-33445566@192.0.2.9"


def test_the_short_form_has_three_stamps() -> None:
    assert render_body(ServiceControl(Action.RESTART, CALL_ID, config_stamp="abc")) == (
        "action=restart\r\n"
        f"RegisterCallId={{{CALL_ID}}}\r\n"
        "ConfigVersionStamp={abc}\r\n"
        f"DialplanVersionStamp={{{NO_STAMP}}}\r\n"
        f"SoftkeyVersionStamp={{{NO_STAMP}}}\r\n"
    )


def test_the_longer_forms_add_stamps_at_the_end() -> None:
    order = ServiceControl(Action.RESET, CALL_ID)
    feature = f"FeatureControlVersionStamp={{{NO_STAMP}}}\r\n"
    assert render_body(order, BodyShape.WITH_FEATURE_CONTROL) == render_body(order) + feature
    assert render_body(order, BodyShape.WITH_FEATURE_CONTROL_AND_HEADSET) == (
        render_body(order) + feature + "HeadsetVersionStamp={0-0000000000}\r\n"
    )


def test_restart_and_reset_are_different_messages() -> None:
    bodies = {render_body(ServiceControl(action, CALL_ID)).splitlines()[0] for action in Action}
    assert bodies == {"action=restart", "action=reset", "action=check-version", "action=apply-config"}


def test_the_headers_name_no_sender_and_leave_tags_and_length_to_the_server() -> None:
    assert header_block(notify_headers("hq.example", "1001", "192.0.2.9:51234")) == (
        "From: <sip:hq.example>\r\n"
        "To: <sip:1001@192.0.2.9:51234>\r\n"
        "Event: service-control\r\n"
        "Subscription-State: active\r\n"
        "Content-Type: text/plain\r\n"
    )


@pytest.mark.parametrize("value", ["", "a\r\nX: y", "a b", "a>", "x" * 257])
def test_nothing_can_be_smuggled_into_a_header(value: str) -> None:
    for values in ((value, "1001", "h"), ("h", value, "h"), ("h", "1001", value)):
        with pytest.raises(ValueError, match="SIP header"):
            notify_headers(*values)


@pytest.mark.parametrize("value", ["a\r\naction=reset", "}{", "x" * 257])
def test_nothing_can_be_smuggled_into_a_body(value: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        ServiceControl(Action.RESTART, value)


def test_a_simulated_phone_reads_what_is_sent_whatever_the_case() -> None:
    body = "Action=CHECK-VERSION\nregistercallid={x@y}\nConfigVersionStamp={1}\nLoadId={}\nPPID=enabled\n\n"
    assert parse_body(body) == ServiceControl(Action.CHECK_VERSION, "x@y", "1")
    assert parse_body(body.encode()) == parse_body(body)


values = st.text(st.characters(exclude_categories=["C"], exclude_characters="{}"), max_size=40).map(str.strip)


@given(st.builds(ServiceControl, st.sampled_from(Action), values, values, values, values), st.sampled_from(BodyShape))
def test_what_is_written_is_read_back(order: ServiceControl, shape: BodyShape) -> None:
    assert parse_body(render_body(order, shape)) == order


@pytest.mark.parametrize("body", ["", "restart", "action=x", "action={reset", "action=reset\r\n\x00=1", "a" * 5000])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(MalformedServiceControl):
        parse_body(body)


@given(st.binary(max_size=100) | st.text(alphabet="action=resetRgCI{}\r\n ", max_size=60))
def test_noise_raises_nothing_else(body: bytes | str) -> None:
    try:
        parse_body(body)
    except MalformedServiceControl:
        return
