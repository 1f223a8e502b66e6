"""Setting the forwarding of all calls at the phone: by code, and by the forward key of Cisco phones (EM-32)."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.utils import timezone

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.models import Forward, Line, Phone
from tests.doors.call_control.conftest import _run
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture
def engine(site, settings, monkeypatch, django_db_blocker):
    """An engine that does what people at phones wish."""
    from roamline.doors.call_control import events
    from tests.doors.call_control.small_site import connected

    def listen(event, now):
        with django_db_blocker.unblock(), connected(site.config.database):
            events.forward_as_wished(event, now)

    settings.CONFIG = site.config
    monkeypatch.setattr(events, "_listeners", [listen])
    loop = asyncio.new_event_loop()
    task = loop.create_task(events.follow())
    thread = threading.Thread(target=_run, args=(loop, task))
    thread.start()
    eventually(site.is_heard, "the connection")
    yield
    loop.call_soon_threadsafe(task.cancel)
    thread.join()


@pytest.fixture
def phone(site, engine):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    made = site.sip("SEP01")
    assert made.register("1001") == 200
    return made


def forwards():
    return {
        (row.line.profile.name, row.line.directory_number.pattern): row.destination
        for row in Forward.objects.select_related("line__profile", "line__directory_number")
    }


def reason(call):
    return call.final.start.partition(" ")[2]


def test_a_code_sets_and_ends_the_forwarding_of_all_calls(site, phone):
    other = site.sip("SEP02")
    assert other.register("1002") == 200
    assert reason(phone.call("*721002", "1001")) == "603 Forwarded To 1002"
    assert forwards() == {("SEP01-own", "1001"): "1002"}
    site.phone("SEP03", "1003")
    caller = site.sip("SEP03")
    outgoing = caller.dial("1001", "1003")
    other.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486
    assert reason(phone.call("*73", "1001")) == "603 Forwarding Ended"
    assert forwards() == {("SEP01-own", "1001"): ""}
    outgoing = caller.dial("1001", "1003")
    phone.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486
    assert [entry.action for entry in AuditEntry.objects.filter(action__startswith="line.").order_by("id")] == [
        "line.forwarded", "line.not_forwarded",
    ]  # fmt: skip


def test_the_forward_key_of_a_cisco_phone_does_the_same(site, phone):
    assert reason(phone.call("x-cisco-serviceuri-cfwdall-1002", "1001")) == "603 Forwarded To 1002"
    assert forwards() == {("SEP01-own", "1001"): "1002"}
    assert reason(phone.call("x-cisco-serviceuri-cfwdall", "1001")) == "603 Forwarding Ended"
    assert forwards() == {("SEP01-own", "1001"): ""}
    for bad in ("x-cisco-serviceuri-cfwdall-", "x-cisco-serviceuri-cfwdall-bob", "x-cisco-serviceuri-cfwdall1002"):
        assert phone.call(bad, "1001").status == 484
    assert phone.call("x-cisco-serviceuri-pickup", "1001").status == 501


def test_what_cannot_be_is_answered_and_changes_nothing(site, phone):
    site.number("7001", "Secret")
    assert phone.call("*727001", "1001").status == 403, "not reached"
    assert phone.call("*724711", "1001").status == 403, "nobody has it"
    assert phone.call("*721001", "1001").status == 403, "the line itself"
    assert phone.call("*72112", "1001").status == 403, "an emergency number"
    assert phone.call("*72", "1001").status == 484
    assert forwards() == {}


def test_what_is_set_while_logged_in_stays_in_the_profile(site, phone):
    row = Phone.objects.get(name="SEP01")
    alice = site.profile("EM_alice", "1001", "1009")
    Phone.objects.filter(pk=row.pk).update(current_profile=alice)
    assert reason(phone.call("*721002", "1009")) == "603 Forwarded To 1002"
    assert reason(phone.call("*721002", "1001")) == "603 Forwarded To 1002"
    assert forwards() == {("EM_alice", "1009"): "1002", ("EM_alice", "1001"): "1002"}
    Phone.objects.filter(pk=row.pk).update(current_profile=row.own_profile)
    assert reason(phone.call("*73", "1001")) == "603 Forwarding Ended"
    assert forwards() == {("EM_alice", "1009"): "1002", ("EM_alice", "1001"): "1002"}
    assert phone.call("*721002", "1009").status == 403, "no line of this phone any more"


@pytest.mark.shows("CFA CSS Activation Policy", "With Configured CSS", "With Activating Device/Line CSS")
def test_the_policy_says_whose_space_counts(site, phone):
    site.route("9!", "External", site.trunk())
    everything = site.space("Everything", "Internal", "External")
    assert phone.call("*7295551234", "1001").status == 403
    Phone.objects.filter(name="SEP01").update(css=everything)
    line = Line.objects.get(directory_number__pattern="1001")
    Forward.objects.create(line=line, kind=Forward.ALL, css=site.space("Inside", "Internal"))
    assert phone.call("*7295551234", "1001").status == 403, "the configured space does not reach it"
    where = {"service": rules.CFA_CSS_POLICY.service, "name": rules.CFA_CSS_POLICY.name}
    by = {"actor": "admin", "way": "test", "source": "", "now": timezone.now()}
    parameters.change(**where, **by, value=rules.ACTIVATING_CSS)
    try:
        assert reason(phone.call("*7295551234", "1001")) == "603 Forwarded To 95551234"
        assert site.sip("SEP02").call("1001", "1002").status == 200
        assert site.left_the_site()[-1]["number"] == "95551234"
    finally:
        parameters.reset(**where, **by)


def test_a_wish_that_nobody_hears_is_answered(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    assert site.sip("SEP01").call("*721002", "1001").status == 503
    assert forwards() == {}


def test_only_the_phone_itself_may_wish(site, engine):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    assert site.sip("SEP02").call("*721002", "1001").status == 403, "a line of another phone"
    assert site.sip("SEP01", "wrong").call("*721002", "1001").status == 407
    assert forwards() == {}
