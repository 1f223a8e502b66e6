"""Translation patterns: what was dialled becomes another number, in another space, at most five times."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan import rules, service
from roamline.rooms.dialplan.models import Partition, TranslationPattern

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture
def translate(site):
    def save(pattern, partition, **fields):
        place, _ = Partition.objects.get_or_create(name=partition)
        return service.save_translation_pattern(TranslationPattern(pattern=pattern, partition=place, **fields))

    return save


def test_a_short_code_rings_the_number_behind_it(site, translate):
    translate("8.XX", "Internal", discard_before_dot=True, prefix="10")
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    outgoing = one.dial("802", "1001")
    two.rings().answer()
    assert one.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    assert one.call("899", "1001").status == 404


def test_the_space_of_the_translation_reaches_what_the_caller_does_not(site, translate):
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    translate("555", "Internal", prefix="95551", css=site.space("Outside", "External"), discard_before_dot=False)
    site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    assert phone.call("95551555", "1001").status == 403
    call = phone.call("555", "1001")
    assert call.status == 200
    call.hang_up()
    assert site.left_the_site()[0]["number"] == "5551555"


def test_a_ring_of_translations_is_refused_when_it_is_saved(site, translate):
    site.space("Inside", "Internal")
    assert isinstance(translate("71.X", "Internal", discard_before_dot=True, prefix="72"), TranslationPattern)
    refused = translate("72.X", "Internal", discard_before_dot=True, prefix="71")
    assert isinstance(refused, rules.PatternRefused)
    assert "720 → 710 → 720" in refused.reason
    assert [each.pattern for each in TranslationPattern.objects.all()] == ["71.X"]


def test_a_ring_that_nobody_saw_ends_the_call(site, translate):
    translate("71X", "Internal")
    site.phone("SEP01", "1001")
    TranslationPattern.objects.filter(pattern="71X").update(prefix="")
    assert site.sip("SEP01").call("711", "1001").status == 482


def test_five_translations_in_a_row_are_followed_and_six_are_not(site, translate):
    for step in range(2, 7):
        translate(f"7{step}.", f"Step{step}", discard_before_dot=True, prefix=f"7{step + 1}")
    translate("71.", "Step1", discard_before_dot=True, prefix="72")
    site.phone("SEP01", "1001", css=site.space("All", "Internal", *(f"Step{n}" for n in range(1, 7))))
    site.phone("SEP02", "77")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("77") == 200
    outgoing = one.dial("72", "1001")
    two.rings().answer()
    assert one.finish(outgoing).status == 200
    outgoing.hang_up()
    assert one.call("71", "1001").status == 482


def test_a_translation_to_an_emergency_number_carries_the_phones_place(site, translate):
    translate("9.112", "Internal", discard_before_dot=True)
    site.phone("SEP01", "1001", pool=site.floor)
    call = site.sip("SEP01").call("9112", "1001")
    assert call.status == 200
    call.hang_up()
    (left,) = site.left_the_site()
    assert left["number"] == "112"
    assert "5550002" in left["p_asserted_identity"]
