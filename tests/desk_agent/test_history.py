"""A log-in or log-out by hand clears the call history of a real software phone (EM-27)."""

from pathlib import Path

import pytest

from roamline_desk_agent.configuration import ConfigurationError, read_configuration
from roamline_desk_agent.status import history_as_text, snapshot
from tests.desk_agent.scene import is_registered, play, scene, until
from tests.desk_agent.test_phone import ONE, TWO, has_applied


@pytest.mark.proves("EM-27")
@pytest.mark.needs("baresip")
def test_calls_are_listed_until_a_version_clears_them_and_a_call_that_is_up_stays(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"], "alice")
            await here.log_in(TWO, ["1002"])
            one, two = await here.start(ONE), await here.start(TWO, auto_answer_ms=0)
            await until(lambda: is_registered(one, "1001") and is_registered(two, "1002"))
            for _ in range(2):
                await one.phone.dial("1002")
                await until(lambda: [call.state for call in one.phone.book.calls] == ["established"])
                await one.phone.hang_up()
                await until(lambda: one.phone.is_idle and two.phone.is_idle)
            listed = snapshot(one)["call_history"]
            assert [call["peer"] for call in listed] == ["sip:1002@test.invalid"] * 2
            assert "to   sip:1002@test.invalid: hung up here" in history_as_text(listed)
            version = await here.log_in(ONE, ["1001"], "alice")  # something else was changed
            await until(has_applied(one, version))
            assert len(snapshot(one)["call_history"]) == 2
            missed = version + 1  # the version that cleared it was never seen, only the next
            version = await here.log_in(ONE, ["1906"], history_version=missed)
            await until(has_applied(one, version))
            assert snapshot(one)["call_history"] == []
            assert snapshot(one)["last_call"] is None
            assert not [entry for entry in one.journal.latest() if str(entry["event"]).startswith("call_")]
            assert len(snapshot(two)["call_history"]) == 2

    play(story())


@pytest.mark.parametrize("bad", ["7", -1, True, None])
def test_a_history_version_that_is_none_is_refused(bad: object) -> None:
    document = {
        "device": ONE, "version": 1, "stamp": "x", "realm": "a", "auth_user": ONE, "secret": "s", "user": None,
        "registrar": {"host": "127.0.0.1", "port": 5060, "transport": "udp"}, "locale": "en", "lines": [],
        "speed_dials": [], "emergency_numbers": [],
    }  # fmt: skip
    assert read_configuration(document).history_version == 0
    with pytest.raises(ConfigurationError, match="history_version"):
        read_configuration({**document, "history_version": bad})
