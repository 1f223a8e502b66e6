"""Waiting messages come from a voicemail system behind a trunk, to the phones that have the number now."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.phones.models import Phone
from tests.sip_client import SipPhone

pytestmark = [pytest.mark.needs("kamailio")]
TWO_NEW = "Messages-Waiting: yes\r\nVoice-Message: 2/0\r\n"


@pytest.fixture
def voicemail(site) -> SipPhone:
    """A voicemail system that a trunk names."""
    made = site.sip("voicemail")
    Trunk.objects.create(name="Voicemail", host="127.0.0.1", port=made.port)
    return made


def says(voicemail: SipPhone, number: str, body: str = TWO_NEW) -> int:
    request = voicemail.request(
        "NOTIFY", f"sip:{number}@roamline", from_user="9000", to=f"<sip:{number}@roamline>",
        call_id=f"mwi-{number}-{len(body)}-{id(voicemail)}", cseq=1, tag="t",
        extra=("Event: message-summary", "Subscription-State: active"), body=body,
    )  # fmt: skip
    voicemail.send(request.replace("application/sdp", "application/simple-message-summary"))
    return voicemail.response(f"mwi-{number}-{len(body)}-{id(voicemail)}", 1, "NOTIFY").status


def lamp(phone: SipPhone):
    told = phone.expect("NOTIFY")
    phone.reply(told, "200 OK", "t")
    assert told.first("Event") == "message-summary"
    return told


def test_the_phones_that_have_the_number_are_told_and_no_others(site, voicemail):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1001", "1002")
    site.phone("SEP03", "1003")
    phones = [site.sip(f"SEP0{index}") for index in (1, 2, 3)]
    for phone, line in zip(phones, ("1001", "1001", "1003"), strict=True):
        assert phone.register(line) == 200
    assert says(voicemail, "1001") == 200
    for phone in phones[:2]:
        assert lamp(phone).body == TWO_NEW
    assert phones[2].look_for("NOTIFY", seconds=0.5) is None


def test_whoever_logs_in_finds_the_lamp_lit(site, voicemail):
    row = site.phone("SEP01", "1901")
    phone = site.sip("SEP01")
    assert phone.register("1901") == 200
    profile = site.profile("EM_alice", "1001")
    assert says(voicemail, "1001") == 200
    assert phone.look_for("NOTIFY", seconds=0.3) is None
    Phone.objects.filter(pk=row.pk).update(current_profile=profile, configuration_version=2)
    assert phone.register("1001") == 200
    told = lamp(phone)
    assert told.body == TWO_NEW
    assert "1001" in told.first("To")
    assert phone.register("1001") == 200
    assert phone.look_for("NOTIFY", seconds=0.3) is None, "told once"


def test_a_cisco_phone_is_told_at_its_contact(site, voicemail):
    site.phone("SEP01", "1001", model=site.desk)
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    assert says(voicemail, "1001", "Messages-Waiting: no\r\n") == 200
    told = lamp(phone)
    assert told.uri == f"sip:1001@127.0.0.1:{phone.port}"
    assert told.body == "Messages-Waiting: no\r\n"


def test_nobody_else_lights_lamps(site, voicemail):
    site.phone("SEP01", "1001")
    phone, stranger = site.sip("SEP01"), site.sip("stranger")
    assert phone.register("1001") == 200
    assert says(stranger, "1001") == 403
    assert says(voicemail, "1001", "x" * 1025) == 400
    assert says(voicemail, "7777") == 404
    assert phone.look_for("NOTIFY", seconds=0.3) is None
