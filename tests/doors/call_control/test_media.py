"""Browsers and other phones: what each is offered, with rtpengine between them and without it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from roamline.doors.call_control import media
from tests.browser_phone import WebRtcPhone
from tests.sip_client import eventually

if TYPE_CHECKING:
    from tests.doors.call_control.small_site import SmallSite

pytestmark = [pytest.mark.needs("kamailio")]

BROWSERS, PLAIN = "UDP/TLS/RTP/SAVPF", "RTP/AVP"


@pytest.fixture(scope="module", params=[pytest.param(True, marks=pytest.mark.needs("rtpengine")), False])
def shared_site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[SmallSite]:
    """A site with rtpengine, and one without."""
    from tests.doors.call_control.small_site import running_site

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        if not request.param:
            patch.setattr(media, "missing", lambda: "it is not here")
        with running_site(tmp_path_factory.mktemp("site")) as site:
            if request.param:
                site.processes.append(subprocess.Popen(media.command(site.config), stderr=subprocess.DEVNULL))
                eventually(lambda: media.answers(int(site.config["media.control_port"])), "rtpengine")
            yield site


@pytest.fixture
def relays(request: pytest.FixtureRequest, shared_site: SmallSite) -> bool:
    """Whether rtpengine runs at this site."""
    return len(shared_site.processes) > 2


def web_phone(site: SmallSite, name: str, number: str) -> WebRtcPhone:
    site.phone(name, number)
    made = WebRtcPhone(("127.0.0.1", int(site.config["call_control.websocket_port"])), name, f"secret-of-{name}")
    site.phones.append(made)
    assert made.register(number) == 200
    return made


def desk_phone(site: SmallSite, name: str, number: str) -> Any:
    site.phone(name, number)
    made = site.sip(name)
    assert made.register(number) == 200
    return made


def test_a_browser_calls_a_desk_phone_or_is_told_that_it_would_hear_nothing(site: SmallSite, relays: bool) -> None:
    browser, phone = web_phone(site, "WEB01", "1907"), desk_phone(site, "SEP01", "1001")
    outgoing = browser.dial("1001", "1907")
    if not relays:
        assert browser.finish(outgoing).status == 488
        return
    incoming = phone.rings()
    assert f" {PLAIN} " in incoming.invite.body
    incoming.answer()
    answered = browser.finish(outgoing)
    assert BROWSERS in answered.final.body  # type: ignore[union-attr]
    phone.expect("ACK")
    assert "SAVPF" not in outgoing_offer(outgoing, phone)
    assert outgoing.hang_up().status == 200


def outgoing_offer(call: Any, other: Any) -> str:
    """What the other side is offered when the call is held."""
    call.cseq += 1
    call.phone.send(call.phone._dialog_request(call, "INVITE", call.phone.sdp("sendonly")))
    asked = other.expect("INVITE")
    other.reply(asked, "200 OK", "", other.sdp("recvonly"))
    answer = call.phone.response(call.call_id, call.cseq, "INVITE")
    assert BROWSERS in answer.body
    call.phone.send(call.phone._dialog_request(call, "ACK"))
    assert "a=sendonly" in asked.body
    return str(asked.body)


def test_a_number_on_a_desk_phone_and_in_a_browser_rings_each_with_what_it_can_hear(
    site: SmallSite, relays: bool
) -> None:
    caller = desk_phone(site, "SEP02", "1002")
    browser, phone = web_phone(site, "WEB01", "1001"), desk_phone(site, "SEP01", "1001")
    outgoing = caller.dial("1001", "1002")
    on_desk = phone.rings()
    assert "SAVPF" not in on_desk.invite.body
    if not relays:
        assert browser.stays_silent()
    else:
        in_browser = browser.rings()
        assert BROWSERS in in_browser.invite.body
        in_browser.answer()
        assert "SAVPF" not in caller.finish(outgoing).final.body
        phone.expect("CANCEL")
        return
    on_desk.answer()
    assert caller.finish(outgoing).status == 200


def test_two_browsers_need_nobody_between_them(site: SmallSite) -> None:
    one, other = web_phone(site, "WEB01", "1907"), web_phone(site, "WEB02", "1908")
    outgoing = one.dial("1908", "1907")
    incoming = other.rings()
    assert incoming.invite.body == one.sdp()
    incoming.answer()
    assert one.finish(outgoing).status == 200


def test_outside_a_browser_reaches_emergency_numbers_always_and_others_with_rtpengine(
    site: SmallSite, relays: bool
) -> None:
    browser = web_phone(site, "WEB01", "1907")
    site.route("9.555", "Internal", site.trunk())
    assert browser.call("9555", "1907").status == (200 if relays else 488)
    emergency = browser.call("112", "1907")
    assert emergency.status == 200
    assert (BROWSERS in emergency.final.body) == relays  # type: ignore[union-attr]


def test_an_intercom_call_to_a_browser_is_one_way_at_first(site: SmallSite, relays: bool) -> None:
    if not relays:
        return
    caller, browser = desk_phone(site, "SEP01", "1001"), web_phone(site, "WEB01", "1907")
    from roamline.rooms.phones.models import Phone

    row = Phone.objects.get(name="WEB01")
    row.own_profile.lines.create(
        index=2, button=2, directory_number=site.number("8001"), is_intercom=True, default_phone=row
    )
    assert browser.register("8001") == 200
    outgoing = caller.dial("8001", "1001")
    incoming = browser.rings()
    assert "answer-after=0" in incoming.invite.first("Call-Info")
    assert BROWSERS in incoming.invite.body
    assert "a=sendonly" in incoming.invite.body
    incoming.answer("recvonly")
    assert caller.finish(outgoing).status == 200
    assert outgoing.reinvite("sendrecv", answered_by=browser, with_direction="recvonly") == "sendonly"
    assert incoming.reinvite("sendrecv", answered_by=caller, with_direction="sendrecv") == "sendrecv"
    assert outgoing.hang_up().status == 200
