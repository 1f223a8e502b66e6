"""Trunks are asked whether they are there; a dead one gives the caller an answer at once."""

from __future__ import annotations

import pytest

from tests.sip_client import SipPhone, eventually

pytestmark = [pytest.mark.needs("kamailio")]


def peer(site):
    """A trunk's other end, as a socket that answers OPTIONS when it is looked at."""
    return site.sip("peer")


def test_a_trunk_that_answers_is_up(site):
    trunk = site.trunk()
    key = f"sip:{trunk.host}:{trunk.port};transport=udp"
    assert eventually(lambda: str(site.rpc().value("trunk", key) or "").startswith("up|200|"), "the answer")


def test_a_dead_trunk_is_found_and_its_callers_are_answered_until_it_is_back(site):
    other: SipPhone = peer(site)
    trunk = site.trunk()
    type(trunk).objects.filter(pk=trunk.pk).update(port=other.port)
    site.route("9!", "Internal", trunk)
    site.phone("SEP01", "1001")
    caller = site.sip("SEP01")
    key = f"sip:127.0.0.1:{other.port};transport=udp"

    def state():
        return str(site.rpc().value("trunk", key) or "")

    assert eventually(lambda: state().startswith("down|408|"), "the silence", 30)
    refused = caller.call("95551234", "1001")
    assert refused.status == 503
    assert "cause=38" in refused.final.first("Reason")

    def answered():
        other.look_for("INVITE", seconds=0.2)
        return state().startswith("up|200|")

    assert eventually(answered, "the answer", 30)
    other.waiting.clear()  # the call that was refused may have got this far
    outgoing = caller.dial("95551234", "1001")
    other.rings().answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()


def test_a_trunk_that_died_a_moment_ago_still_gives_an_answer(site):
    other: SipPhone = peer(site)
    trunk = site.trunk()
    type(trunk).objects.filter(pk=trunk.pk).update(port=other.port)
    site.route("9!", "Internal", trunk)
    site.phone("SEP01", "1001")
    caller = site.sip("SEP01")
    outgoing = caller.dial("95551234", "1001")
    other.socket.setblocking(False)
    assert caller.finish(outgoing, 20).status == 503
