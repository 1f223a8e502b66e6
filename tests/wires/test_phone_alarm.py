from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.phone_alarm import PhoneAlarm, parse_reason


def test_a_phone_says_who_it_is_and_why_it_started() -> None:
    alarm = parse_reason(
        'SIP;cause=200;text="cisco-alarm:25 Name=SEP0011AA220001 ActiveLoad=sip88xx.14-1-1-0001 '
        'InactiveLoad=sip88xx.12-8-1 Last=reset-restart"'
    )
    assert alarm == PhoneAlarm(25, "SEP0011AA220001", "sip88xx.14-1-1-0001", "sip88xx.12-8-1", "reset-restart")
    assert alarm.says_restarted
    assert not alarm.says_reset


def test_a_reset_is_told_from_a_restart() -> None:
    alarm = parse_reason('SIP;cause=200;text="cisco-alarm:22 Name=SEP0011AA220001 Last=reset-reset"')
    assert alarm is not None
    assert alarm.says_reset
    assert not alarm.says_restarted
    assert alarm.active_load is None


@pytest.mark.parametrize("reason", ["", "Q.850;cause=16", 'SIP;cause=200;text="all well"', "cisco-alarm:x"])
def test_other_reasons_carry_no_alarm(reason: str) -> None:
    assert parse_reason(reason) is None


def test_an_alarm_may_say_almost_nothing() -> None:
    assert parse_reason("cisco-alarm:20") == PhoneAlarm(20)
    assert parse_reason("cisco-alarm:20 Name= Last=") == PhoneAlarm(20)
    assert parse_reason("cisco-alarm:20 " + "x" * 2000) is None


@given(st.text(max_size=120) | st.text(max_size=60).map(lambda text: f"cisco-alarm:1 Name={text}"))
def test_no_reason_raises(reason: str) -> None:
    parse_reason(reason)
