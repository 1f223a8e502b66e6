"""What an attacker may put into any SIP field changes nothing, reads nothing and stops nothing."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.phones.models import Forward, Phone
from tests.sip_message import NoAnswer

pytestmark = [pytest.mark.needs("kamailio")]

INJECTIONS = [
    "1001'or'1'='1",
    "1001'--",
    "1001\\'or(1)--",
    "1001%27or%271%27=%271",
    "1001;drop",
    "9'or(1)--",
    "1001%00'or'1'='1",
    "1001\x00'or'1'='1",
    "%",
    "____",
    "$(ru)",
    "1001%5c%27",
]


@pytest.fixture
def phones(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    yield site
    assert site.sip("SEP01").register("1001") == 200, "call control still answers"
    assert Phone.objects.count() == 2


def status_or_silence(ask):
    """The status of an answer; 0 where a malformed message is not worth one."""
    try:
        answer = ask()
    except NoAnswer:
        return 0
    return answer if isinstance(answer, int) else answer.status


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_the_digest_user(phones, text):
    phone = phones.sip("SEP01")
    phone.digest_user = text
    assert phone.register("1001") in (400, 401, 403)
    assert phone.call("1002", "1001").status in (400, 403, 407)
    assert phones.aors() == []


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_the_line_to_register(phones, text):
    phone = phones.sip("SEP01")
    phone.patience = 0.5
    assert status_or_silence(lambda: phone.register(text)) in (0, 400, 403)
    assert phones.aors() == []


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_the_calling_line(phones, text):
    phone = phones.sip("SEP01")
    phone.patience = 0.5
    assert status_or_silence(lambda: phone.call("1002", text)) in (0, 400, 403)


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_the_dialled_number(phones, text):
    assert phones.sip("SEP02").register("1002") == 200
    phone = phones.sip("SEP01")
    phone.patience = 0.5
    assert status_or_silence(lambda: phone.call(text, "1001")) in (0, 400, 404, 484)


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_the_number_to_forward_to(phones, text):
    phone = phones.sip("SEP01")
    phone.patience = 0.5
    assert status_or_silence(lambda: phone.call(f"*72{text}", "1001")) in (0, 400, 403, 484, 503)
    assert status_or_silence(lambda: phone.call(f"x-cisco-serviceuri-cfwdall-{text}", "1001")) in (0, 400, 484, 503)
    assert not Forward.objects.exists()


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("field", ["from", "to", "contact"])
def test_in_a_header_of_a_call_from_a_trunk_or_a_phone(phones, text, field):
    caller = phones.sip("SEP01")
    trunk = phones.sip("trunk")
    Trunk.objects.create(name="Peer", host="127.0.0.1", port=trunk.port)
    for phone, number in ((caller, "1001"), (trunk, "5559999")):
        phone.patience = 0.5
        parts = {"from_user": number, "to": "<sip:1002@roamline>"}
        parts |= {
            "from": {"from_user": text},
            "to": {"to": f"<sip:{text}@roamline>"},
            "contact": {"contact": f"<sip:{text}@127.0.0.1:{phone.port}>"},
        }[field]
        answer = status_or_silence(lambda p=phone, a=parts: p.challenged("INVITE", "sip:4711@roamline", **a))
        assert answer in (0, 400, 403, 404), "nobody has 4711, whatever else is said"


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_an_emergency_call(phones, text):
    phone = phones.sip("SEP01")
    phone.digest_user = text
    call = phone.call("112", "1001")
    assert call.status in (200, 400)
    if call.status == 200:
        call.hang_up()


def test_a_huge_message_is_refused_or_dropped_and_nothing_breaks(phones):
    phone = phones.sip("SEP01")
    extra = tuple(f"X-Filler-{number}: {'x' * 1000}" for number in range(60))
    phone.send(
        phone.request("OPTIONS", "sip:x@roamline", from_user="1001", to="<sip:x@roamline>", call_id="huge", cseq=1,
                      tag="t", extra=extra)
    )  # fmt: skip
    assert phone.response("huge", 1, "OPTIONS").status in (200, 513)


@pytest.mark.parametrize(
    "noise",
    [
        "",
        "\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "INVITE sip:1 SIP/2.0\r\n\r\n",
        "\x00" * 100,
        "REGISTER x SIP/2.0\r\nVia:",
    ],
)
def test_noise_is_survived(phones, noise):
    phones.sip("SEP01").send(noise)


def test_a_call_that_runs_in_circles_ends(phones):
    phone = phones.sip("SEP01")
    text = phone.request("INVITE", "sip:1002@roamline", from_user="1001", to="<sip:1002@roamline>", call_id="loop",
                         cseq=1, tag="t")  # fmt: skip
    phone.send(text.replace("Max-Forwards: 70", "Max-Forwards: 0"))
    assert phone.response("loop", 1, "INVITE").status == 483


def test_a_made_up_dialogue_reaches_nobody(phones):
    victim = phones.sip("SEP02")
    assert victim.register("1002") == 200
    phone = phones.sip("SEP01")
    server = f"127.0.0.1:{phones.config['call_control.port']}"
    phone.send(
        phone.request("INVITE", f"sip:1002@127.0.0.1:{victim.port}", from_user="1001", to="<sip:1002@roamline>;tag=x",
                      call_id="madeup", cseq=1, tag="t", extra=(f"Route: <sip:{server};lr>",))
    )  # fmt: skip
    assert phone.response("madeup", 1, "INVITE").status == 481
    assert victim.stays_silent(0.3)


def test_the_rpc_port_does_nothing_without_its_key(phones):
    import http.client

    for path in ("/RPC", "/rpc", "/alive"):
        connection = http.client.HTTPConnection("127.0.0.1", phones.config["call_control.rpc_port"], timeout=2)
        connection.request("POST", path, '{"jsonrpc":"2.0","id":1,"method":"core.version"}')
        answer = connection.getresponse()
        assert b"kamailio" not in answer.read()
        connection.close()
