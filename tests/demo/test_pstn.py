"""The demo's telephone network: answers, echoes, writes down, and stays bounded."""

from __future__ import annotations

import asyncio
import json
import socket
import threading

import pytest

from roamline.demo import pstn
from tests.sip_client import SipPhone, eventually


@pytest.fixture
def network(tmp_path):
    journal = tmp_path / "calls.jsonl"
    loop = asyncio.new_event_loop()
    running = loop.run_until_complete(pstn.serve("127.0.0.1", 0, journal))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    phone = SipPhone(running.address, "caller", "")
    yield phone, running, lambda: [json.loads(line) for line in journal.read_text().splitlines()]
    phone.close()
    loop.call_soon_threadsafe(running.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_call_is_answered_and_written_down_once(network):
    phone, running, journal = network
    call = phone.dial("95551234", "1001", extra=("P-Asserted-Identity: <sip:1001@x>", "X-Roamline-Location: Lobby"))
    phone.send(call.sent)
    assert phone.finish(call).status == 200
    (entry,) = journal()
    assert entry["number"] == "95551234"
    assert entry["p_asserted_identity"] == "<sip:1001@x>"
    assert entry["location"] == "Lobby"
    assert "1001" in entry["from"]
    assert call.hang_up().status == 200
    eventually(lambda: not running.calls, "the call's end")


def test_sound_comes_back(network):
    phone, _, _ = network
    call = phone.call("112", "1001")
    port = int(call.final.body.partition("m=audio ")[2].split()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sound:
        sound.settimeout(5)
        sound.sendto(b"\x80\x00" + b"x" * 170, ("127.0.0.1", port))
        assert sound.recv(2048) == b"\x80\x00" + b"x" * 170
    call.hang_up()


def test_a_call_can_be_cancelled(network):
    phone, running, _ = network
    call = phone.dial("911", "1001")
    phone.cancel(call)
    assert phone.finish(call).status == 487
    eventually(lambda: not running.calls, "the call's end")


def test_other_requests_and_noise(network):
    phone, _, _ = network
    phone.send("noise")
    phone.send("SIP/2.0 200 OK\r\n\r\n")
    phone.send("INVITE sip:1 SIP/2.0\r\n\r\n")
    seen = {
        method: phone.challenged(method, "sip:x@y", from_user="1", to="<sip:x@y>").status
        for method in ("OPTIONS", "BYE", "MESSAGE")
    }
    assert seen == {"OPTIONS": 200, "BYE": 481, "MESSAGE": 405}


def test_it_takes_so_many_calls_and_no_more(network, monkeypatch):
    phone, _, _ = network
    monkeypatch.setattr(pstn, "MOST_CALLS", 1)
    first = phone.call("112", "1001")
    assert first.status == 200
    assert phone.call("112", "1001").status == 503
    first.hang_up()
    assert phone.call("112", "1001").status == 200
