"""Intercom calls: answered at once, one-way until the called party talks (EM-33)."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture
def pair(site):
    """Two phones with an intercom line each."""
    made = []
    for name, number, intercom in (("SEP01", "1001", "8001"), ("SEP02", "1002", "8002")):
        row = site.phone(name, number)
        row.own_profile.lines.create(
            index=2, button=2, directory_number=site.number(intercom), is_intercom=True, default_phone=row
        )
        phone = site.sip(name)
        assert phone.register(intercom) == 200
        made.append(phone)
    return made


@pytest.mark.proves("EM-33")
def test_only_the_caller_is_heard_until_the_called_party_talks(pair):
    alice, bob = pair
    outgoing = alice.dial("8002", "8001")
    incoming = bob.rings()
    assert "answer-after=0" in incoming.invite.first("Call-Info")
    assert "a=sendonly" in incoming.invite.body, "bob is offered to listen only"
    incoming.answer(direction="recvonly")
    assert alice.finish(outgoing).status == 200
    assert "a=recvonly" in outgoing.final.body

    assert outgoing.reinvite("sendrecv", answered_by=bob, with_direction="recvonly") == "sendonly"
    assert incoming.reinvite("sendrecv", answered_by=alice, with_direction="sendrecv") == "sendrecv"
    assert outgoing.reinvite("sendrecv", answered_by=bob, with_direction="sendrecv") == "sendrecv"
    assert outgoing.hang_up().status == 200


def test_a_desk_phone_mutes_itself(site):
    row = site.phone("SEP01", "1001", model=site.desk)
    site.phone("SEP02", "1002")
    row.own_profile.lines.create(
        index=2, button=2, directory_number=site.number("8001"), is_intercom=True, default_phone=row
    )
    phone, caller = site.sip("SEP01"), site.sip("SEP02")
    assert phone.register("1001") == 200
    outgoing = caller.dial("8001", "1002")
    incoming = phone.rings()
    assert "answer-after=0" in incoming.invite.first("Call-Info")
    assert "a=sendonly" not in incoming.invite.body
    incoming.answer()
    caller.finish(outgoing)
    outgoing.hang_up()
