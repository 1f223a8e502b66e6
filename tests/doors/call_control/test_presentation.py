"""Callers who withhold who they are, and phones that show them all the same (EM-32)."""

from __future__ import annotations

import pytest

from roamline.rooms.phones.models import DeviceProfile, Line, Phone

pytestmark = [pytest.mark.needs("kamailio")]
PRIVATE = ("Privacy: id",)


def shown_to(phone, caller, *, extra=PRIVATE):
    """The invitation that a phone gets for a call, which is answered and hung up."""
    outgoing = caller.dial("1002", "1001", extra=extra)
    incoming = phone.rings()
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert "1001" in caller_of(outgoing), "the caller gets its own address back"
    assert outgoing.hang_up().status == 200
    phone.expect("BYE")
    return incoming.invite


def caller_of(outgoing):
    return outgoing.final.first("From")


@pytest.mark.proves("EM-32")
def test_a_withheld_number_is_shown_by_a_profile_that_ignores_presentation_indicators(site):
    site.phone("SEP01", "1001")
    row = site.phone("SEP02", "1902")
    boss = site.profile("EM_boss", "1002", ignore_presentation=True)
    Line.objects.create(profile=row.own_profile, index=2, button=2, directory_number=site.number("1002"))
    caller, phone = site.sip("SEP01"), site.sip("SEP02")
    assert phone.register("1002") == 200

    withheld = shown_to(phone, caller)
    assert "anonymous@anonymous.invalid" in withheld.first("From")
    assert withheld.first("P-Asserted-Identity") == ""
    assert "1001" not in withheld.first("Contact")
    assert "1001" in shown_to(phone, caller, extra=()).first("From"), "who withholds nothing is shown"

    Phone.objects.filter(pk=row.pk).update(current_profile=boss)
    shown = shown_to(phone, caller)
    assert "1001" in shown.first("From")
    assert "1001" in shown.first("P-Asserted-Identity")
    assert shown.first("Privacy") == ""

    Phone.objects.filter(pk=row.pk).update(current_profile=row.own_profile)
    assert "anonymous" in shown_to(phone, caller).first("From")


def test_each_phone_of_a_number_is_told_as_its_own_profile_says(site):
    site.phone("SEP01", "1001")
    for name in ("SEP02", "SEP03"):
        site.phone(name, "1002")
    DeviceProfile.objects.filter(name="SEP03-own").update(ignore_presentation=True)
    caller, one, two = site.sip("SEP01"), site.sip("SEP02"), site.sip("SEP03")
    assert [phone.register("1002") for phone in (one, two)] == [200, 200]
    outgoing = caller.dial("1002", "1001", extra=PRIVATE)
    hidden, shown = one.rings(), two.rings()
    assert "anonymous" in hidden.invite.first("From")
    assert "1001" in shown.invite.first("From")
    shown.answer()
    assert caller.finish(outgoing).status == 200
    hidden.reject("487 Request Terminated")
    assert outgoing.hang_up().status == 200


def test_a_call_from_outside_that_withholds_its_number_stays_anonymous(site):
    site.phone("SEP02", "1002")
    DeviceProfile.objects.filter(name="SEP02-own").update(ignore_presentation=True)
    phone, network = site.sip("SEP02"), site.sip("network")
    trunk = site.trunk("Second")
    trunk.host, trunk.port = "127.0.0.1", network.port
    trunk.save()
    assert phone.register("1002") == 200
    outgoing = network.dial("1002", "5559999", extra=PRIVATE)
    incoming = phone.rings()
    assert "anonymous" in incoming.invite.first("From")
    incoming.answer()
    assert network.finish(outgoing).status == 200
    outgoing.hang_up()
