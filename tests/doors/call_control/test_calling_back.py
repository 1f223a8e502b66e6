"""Call back with a real engine: both sides ring when the other is free; a log-out cancels it (EM-34)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from roamline.rooms.directory.models import Account
from roamline.rooms.features.models import CallBack, UnansweredCall
from roamline.rooms.features.people import at_phone
from roamline.rooms.features.service import call_backs
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedOut, Way
from roamline.rooms.phones.models import Phone
from tests.doors.call_control.small_site import SmallSite, free_ports
from tests.sip_client import Call, SipPhone, eventually

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.timeout(180)]
BY_ALICE = Author("alice", "phone")
PATIENCE = 30.0


@pytest.fixture(scope="module")
def engine(shared_site: SmallSite) -> Iterator[None]:
    """An engine on the module's site, heard by its Kamailio."""
    file = shared_site.config.data / "roamline.toml"
    (tftp,) = free_ports(1)
    values: dict[str, dict[str, Any]] = {}
    for name, value in {**shared_site.config.values, "phones.tftp_port": tftp}.items():
        section, _, key = name.partition(".")
        values.setdefault(section, {})[key] = value
    lines = []
    for section, pairs in values.items():
        lines += [f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in pairs.items())]
    file.write_text("\n".join(lines))
    environment = {**os.environ, "ROAMLINE_CONFIG": str(file), "DJANGO_SETTINGS_MODULE": "roamline.platform.settings"}
    log = (shared_site.config.data / "engine.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "roamline.processes.engine"], env=environment, stdout=log, stderr=log
    )
    eventually(shared_site.is_heard, "the engine", PATIENCE)
    yield
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def alice(site: SmallSite, engine: None) -> SipPhone:
    """Alice, logged in with 1001 on a phone of 1901."""
    Account.objects.all().delete()
    row = site.phone("SEP01", "1901")
    profile = site.profile("EM_alice", "1001")
    account = Account.objects.create(user_id="alice")
    LoginSession.objects.create(
        phone=row, account=account, profile=profile, started_at=datetime.now(UTC), way=Way.PHONE
    )
    Phone.objects.filter(pk=row.pk).update(current_profile=profile)
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    return phone


@pytest.fixture
def bob(site: SmallSite, engine: None) -> SipPhone:
    """Bob, on 1002."""
    site.phone("SEP02", "1002")
    phone = site.sip("SEP02")
    assert phone.register("1002") == 200
    return phone


@pytest.fixture
def bobs_call(site: SmallSite, bob: SipPhone) -> Call:
    """Bob talks to chen."""
    site.phone("SEP03", "1003")
    chen = site.sip("SEP03")
    outgoing = chen.dial("1002", "1003")
    bob.rings().answer()
    assert chen.finish(outgoing).status == 200
    return outgoing


def meets(alice: SipPhone, bob: SipPhone, answer: str) -> None:
    """Alice calls bob in vain and asks to be called back."""
    outgoing = alice.dial("1002", "1001")
    bob.rings().reject(answer)
    alice.finish(outgoing)
    eventually(UnansweredCall.objects.exists, "the report of the call", PATIENCE)
    at = at_phone("SEP01")
    assert at is not None
    assert isinstance(call_backs.ask(at, author=BY_ALICE, now=datetime.now(UTC)), CallBack)


@pytest.mark.proves("EM-34")
def test_both_ring_when_the_busy_one_is_free(site, alice, bob, bobs_call):
    meets(alice, bob, "486 Busy Here")
    assert alice.stays_silent(2.5), "bob still talks"
    bobs_call.hang_up()
    called = alice.rings(PATIENCE)
    assert "1002" in called.invite.first("From")
    assert "Call back" in called.invite.first("From")
    assert called.invite.first("X-Roamline-Key") == ""
    assert "a=inactive" in called.invite.body
    assert bob.stays_silent(0.3), "alice first"
    called.answer()
    to_bob = called.follow_referral()
    incoming = bob.rings()
    assert "1001" in incoming.invite.first("P-Asserted-Identity"), "it is alice who calls, with her own rights"
    incoming.answer()
    assert alice.finish(to_bob).status == 200
    assert called.notify("SIP/2.0 200 OK").status == 200
    alice.expect("BYE")
    eventually(lambda: not CallBack.objects.exists(), "the call back is done", PATIENCE)
    assert AuditEntry.objects.filter(action="call_back.connected", user_id="alice", subject="1002").exists()
    assert to_bob.hang_up().status == 200


@pytest.mark.proves("EM-34")
def test_after_no_answer_the_other_must_have_used_the_phone(site, alice, bob):
    meets(alice, bob, "480 Temporarily Unavailable")
    assert alice.stays_silent(2.5), "an idle phone says nothing about who is there"
    site.phone("SEP03", "1003")
    chen = site.sip("SEP03")
    outgoing = chen.dial("1002", "1003")
    bob.rings().answer()
    assert chen.finish(outgoing).status == 200
    outgoing.hang_up()
    called = alice.rings(PATIENCE)
    called.reject("480 Temporarily Unavailable")
    eventually(lambda: not CallBack.objects.exists(), "the call back is over", PATIENCE)
    assert AuditEntry.objects.filter(action="call_back.not_answered").exists()


@pytest.mark.proves("EM-34")
def test_a_log_out_cancels_it_and_the_phone_never_rings(site, alice, bob, bobs_call):
    meets(alice, bob, "486 Busy Here")
    out = mobility.log_out("SEP01", By("admin", Way.ADMINISTRATOR), datetime.now(UTC))
    assert isinstance(out, LoggedOut)
    assert not CallBack.objects.exists()
    assert AuditEntry.objects.filter(action="call_back.cancelled", user_id="alice", device="SEP01").exists()
    bobs_call.hang_up()
    assert alice.stays_silent(4.0)


def test_one_that_is_cancelled_while_it_rings_stops_ringing(site, alice, bob, bobs_call):
    meets(alice, bob, "486 Busy Here")
    bobs_call.hang_up()
    called = alice.rings(PATIENCE)
    call_backs.cancel(CallBack.objects.get(), author=BY_ALICE, now=datetime.now(UTC))
    alice.expect("CANCEL")
    called.reject("487 Request Terminated")
    assert bob.stays_silent(1.0)


def test_a_phone_that_does_not_do_as_it_is_asked_is_let_go(site, alice, bob):
    meets(alice, bob, "486 Busy Here")
    called = alice.rings(PATIENCE)
    called.answer()
    alice.reply(alice.expect("REFER"), "501 Not Implemented", "")
    alice.expect("BYE")
    eventually(lambda: AuditEntry.objects.filter(action="call_back.failed").exists(), "the end", PATIENCE)


def test_nobody_else_can_ring_a_phone_in_its_name(site, alice):
    stranger = site.sip("SEP09")
    for key in ("wrong", ""):
        extra = (f"X-Roamline-Key: {key}", "X-Roamline-Device: SEP01")
        assert stranger.call("1001", "1002", extra=extra, anonymous=True).status in (403, 407)
    assert alice.stays_silent(0.3)
