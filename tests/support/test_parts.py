from __future__ import annotations

import pytest

from tests.support import parts


def test_a_missing_part_is_skipped_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.LOOKS, "sipp", lambda: None)
    monkeypatch.delenv("ROAMLINE_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="sip-tester"):
        parts.need("sipp")


def test_a_missing_part_that_is_required_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.LOOKS, "sipp", lambda: None)
    monkeypatch.setenv("ROAMLINE_REQUIRE", "kamailio,sipp")
    with pytest.raises(pytest.fail.Exception, match="ROAMLINE_REQUIRE"):
        parts.need("sipp")


def test_an_unknown_required_part_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAMLINE_REQUIRE", "sip")
    with pytest.raises(pytest.UsageError, match="sip"):
        parts.required()


def test_what_browsers_call_with_is_required_with_browsers_and_call_control(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAMLINE_REQUIRE", "kamailio")
    assert parts.required() == {"kamailio"}
    monkeypatch.setenv("ROAMLINE_REQUIRE", "kamailio,chromium")
    assert parts.required() == {"kamailio", "chromium", "rtpengine", "jssip"}
