"""Forwarding with the real Kamailio and baresip: what alice sets on a phone is hers, and never the phone's (EM-32)."""

from __future__ import annotations

import pytest

from tests.story.test_a_person_logs_in import BOBS, DESK, log_alice_in, log_out, pstn_calls
from tests.support.agents import Softphone
from tests.support.sites import Site

pytestmark = [pytest.mark.needs("kamailio", "baresip"), pytest.mark.timeout(180)]


def hang_up(phone: Softphone) -> None:
    phone.do("hangup")
    phone.waits_for("idle")


def test_alices_calls_follow_her_wish_and_the_phones_own_calls_do_not(fresh_site: Site) -> None:
    desk, bobs = Softphone(fresh_site, DESK), Softphone(fresh_site, BOBS)
    desk.waits_for("registered:1906")
    bobs.waits_for("registered:1909")
    assert "403" in desk.dial("*7295551234"), "logged out, the phone may not forward outside"

    log_alice_in(fresh_site)
    desk.waits_for("registered:1001")
    assert "603 Forwarded To 95551234" in desk.dial("*7295551234")
    assert bobs.dial("1001") == ""
    assert desk.status()["calls"] == []
    hang_up(bobs)
    assert [call["number"] for call in pstn_calls(fresh_site)] == ["95551234"], "bob may call outside or not: alice may"

    log_out(fresh_site)
    desk.waits_for("registered:1906")
    assert bobs.dial("1906") == "", "the phone's own line rings"
    assert [call["peer"] for call in desk.status()["calls"]] != []
    hang_up(bobs)
    desk.waits_for("idle")
    assert bobs.dial("1001") == "", "alice is nowhere: her calls go where she said"
    hang_up(bobs)
    assert len(pstn_calls(fresh_site)) == 2

    log_alice_in(fresh_site)
    desk.waits_for("registered:1001")
    assert "603 Forwarding Ended" in desk.dial("*73")
    assert bobs.dial("1001") == ""
    assert desk.status()["calls"] != []
    hang_up(bobs)
    assert len(pstn_calls(fresh_site)) == 2
    desk.waits_for("idle")
    log_out(fresh_site)
