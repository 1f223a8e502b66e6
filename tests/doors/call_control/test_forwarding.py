"""Calls that are forwarded: always, on busy, unanswered, when nobody is registered; and how that ends."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan.models import Partition, TranslationPattern
from roamline.rooms.dialplan.service import save_translation_pattern
from roamline.rooms.phones.models import Forward, Line, Phone
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]


def forward(number, kind, destination, profile=None, **fields):
    """A forward as it stands in the database, whatever a form would have said to it."""
    lines = Line.objects.filter(directory_number__pattern=number)
    line = lines.get(profile__name=profile) if profile else lines.get()
    return Forward.objects.create(line=line, kind=kind, destination=destination, **fields)


@pytest.fixture
def three(site):
    """A caller, the one who is called and a colleague, all registered."""
    for device, number in (("SEP01", "1001"), ("SEP02", "1002"), ("SEP03", "1003")):
        site.phone(device, number)
    phones = [site.sip(device) for device in ("SEP01", "SEP02", "SEP03")]
    for phone, number in zip(phones, ("1001", "1002", "1003"), strict=True):
        assert phone.register(number) == 200
    return phones


def test_all_calls_go_to_the_colleague_who_sees_whom_they_were_for(site, three):
    caller, called, colleague = three
    forward("1002", Forward.ALL, "1003")
    outgoing = caller.dial("1002", "1001")
    incoming = colleague.rings()
    assert "1001" in incoming.invite.first("P-Asserted-Identity")
    assert incoming.invite.first("Diversion").startswith("<sip:1002@")
    assert "reason=unconditional" in incoming.invite.first("Diversion")
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert called.stays_silent()
    assert [site.rpc().in_call(device) for device in ("SEP01", "SEP02", "SEP03")] == [True, False, True]
    assert outgoing.hang_up().status == 200
    assert eventually(lambda: site.rpc().in_call("SEP03") is False, "the end")


def test_a_busy_phones_call_goes_on(site, three):
    caller, called, colleague = three
    forward("1002", Forward.BUSY, "1003")
    outgoing = caller.dial("1002", "1001")
    called.rings().reject("486 Busy Here")
    incoming = colleague.rings()
    assert "reason=user-busy" in incoming.invite.first("Diversion")
    assert [site.rpc().in_call(device) for device in ("SEP01", "SEP02", "SEP03")] == [True, False, True]
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    colleague.expect("BYE")
    assert eventually(lambda: site.rpc().in_call("SEP03") is False, "the end")


def test_a_call_that_nobody_takes_goes_on_after_its_time(site, three):
    caller, called, colleague = three
    forward("1002", Forward.NO_ANSWER, "1003", seconds=1)
    outgoing = caller.dial("1002", "1001")
    incoming = called.rings()
    called.expect("CANCEL")
    incoming.reject("487 Request Terminated")
    second = colleague.rings()
    assert "reason=no-answer" in second.invite.first("Diversion")
    second.answer()
    assert caller.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200


def test_a_call_that_is_taken_is_not_forwarded(site, three):
    caller, called, colleague = three
    forward("1002", Forward.NO_ANSWER, "1003", seconds=300)
    forward("1002", Forward.BUSY, "1003")
    outgoing = caller.dial("1002", "1001")
    called.rings().answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()
    assert colleague.stays_silent(0.2)


def test_a_phone_that_is_not_there_is_forwarded_at_once(site, three):
    caller, called, colleague = three
    forward("1002", Forward.UNREGISTERED, "1003")
    assert called.register("1002", 0) == 200
    outgoing = caller.dial("1002", "1001")
    incoming = colleague.rings()
    assert "reason=unavailable" in incoming.invite.first("Diversion")
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()


def test_a_phone_that_does_not_want_to_be_disturbed_counts_as_busy(site, three):
    caller, _, colleague = three
    Line.objects.get(directory_number__pattern="1002").profile.__class__.objects.filter(name="SEP02-own").update(
        dnd_enabled=True
    )
    forward("1002", Forward.BUSY, "1003")
    outgoing = caller.dial("1002", "1001")
    colleague.rings().answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()


def test_two_who_forward_to_each_other_end_the_call(site, three):
    forward("1002", Forward.ALL, "1003")
    forward("1003", Forward.ALL, "1002")
    assert three[0].call("1002", "1001").status == 482


def test_a_ring_of_busy_phones_ends_as_well(site, three):
    caller, called, colleague = three
    forward("1002", Forward.BUSY, "1003")
    forward("1003", Forward.BUSY, "1002")
    outgoing = caller.dial("1002", "1001")
    for phone in [called, colleague] * 5 + [called]:
        phone.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 482
    assert eventually(lambda: site.rpc().in_call("SEP01") is False, "the end")


def test_the_line_that_forwards_decides_what_is_reached_not_the_caller(site, three):
    caller, _, _ = three
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    Phone.objects.filter(name="SEP01").update(css=site.space("Everything", "Internal", "External"))
    set_forward = forward("1002", Forward.ALL, "95551234")
    assert caller.call("1002", "1001").status == 403, "the caller may call outside, the line may not"
    Phone.objects.filter(name="SEP01").update(css=None)
    set_forward.css = site.space("Everything", "Internal", "External")
    set_forward.save()
    call = caller.call("1002", "1001")
    assert call.status == 200, "and the other way round"
    call.hang_up()
    assert site.left_the_site()[-1]["number"] == "5551234"


def test_what_the_phone_gives_as_external_number_shows_outside_also_after_it_rang_inside(site, three):
    caller, called, _ = three
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    Line.objects.filter(directory_number__pattern="1001").update(external_mask="555XXXX")
    forward("1002", Forward.BUSY, "95551234", css=site.space("Everything", "Internal", "External"))
    outgoing = caller.dial("1002", "1001")
    called.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()
    assert "5551001" in site.left_the_site()[-1]["p_asserted_identity"]


def test_nothing_is_forwarded_to_an_emergency_number(site, three):
    caller, _, _ = three
    forward("1002", Forward.ALL, "112")
    assert caller.call("1002", "1001").status == 403
    place = Partition.objects.get(name="Internal")
    save_translation_pattern(TranslationPattern(pattern="9.112", partition=place, discard_before_dot=True))
    forward("1003", Forward.BUSY, "9112")
    outgoing = caller.dial("1003", "1001")
    three[2].rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 403
    assert site.left_the_site() == []


def test_a_caller_who_hangs_up_while_it_rings_elsewhere_is_heard(site, three):
    caller, called, colleague = three
    forward("1002", Forward.BUSY, "1003")
    outgoing = caller.dial("1002", "1001")
    called.rings().reject("486 Busy Here")
    incoming = colleague.rings()
    caller.cancel(outgoing)
    colleague.expect("CANCEL")
    incoming.reject("487 Request Terminated")
    assert caller.finish(outgoing).status == 487


def test_of_a_number_on_two_phones_all_must_be_busy_first(site, three):
    caller, called, colleague = three
    site.phone("SEP04", "1002")
    other = site.sip("SEP04")
    assert other.register("1002") == 200
    forward("1002", Forward.BUSY, "1003", "SEP02-own")
    outgoing = caller.dial("1002", "1001")
    one, two = called.rings(), other.rings()
    one.reject("486 Busy Here")
    assert colleague.stays_silent(0.3)
    two.reject("486 Busy Here")
    colleague.rings().answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()


def test_the_forward_of_a_user_goes_with_the_log_in(site, three):
    """EM-32 on calls: alice's forward counts where she is, and where she is nowhere; the phone's own never changes."""
    caller, called, colleague = three
    alice = site.profile("EM_alice", "1009", css=site.space("Inside", "Internal"))
    shared = site.profile("EM_bob", "1002")
    forward("1009", Forward.ALL, "1003")
    outgoing = caller.dial("1009", "1001")
    colleague.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486, "she is nowhere: her calls go where she said"
    row = Phone.objects.get(name="SEP02")
    Phone.objects.filter(pk=row.pk).update(current_profile=alice)
    assert called.register("1009") == 200
    outgoing = caller.dial("1009", "1001")
    colleague.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486
    forward("1002", Forward.ALL, "1003", "EM_bob")
    Phone.objects.filter(pk=row.pk).update(current_profile=row.own_profile)
    outgoing = caller.dial("1002", "1001")
    called.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486, "the phone's own line rings: bob's profile is nowhere"
    Phone.objects.filter(pk=row.pk).update(current_profile=shared)
    outgoing = caller.dial("1002", "1001")
    colleague.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486
