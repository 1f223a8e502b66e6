"""Forwards of lines: what may be set, what follows the user, what a phone gets back after a log-out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from roamline.rooms.dialplan.models import CallingSearchSpace, CallingSearchSpaceMember, Partition
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import forwarding, own_settings
from roamline.rooms.phones.forwarding import ForwardSet, Objection
from roamline.rooms.phones.models import Forward, Line
from tests.support import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALICE = Author("alice", "phone")


@pytest.fixture
def inside() -> CallingSearchSpace:
    """A space that reaches 1002."""
    internal = Partition.objects.get_or_create(name="Internal")[0]
    space = CallingSearchSpace.objects.create(name="Inside")
    CallingSearchSpaceMember.objects.create(css=space, partition=internal, position=1)
    factories.number("1002")
    return space


def line(profile: Any, digits: str, css: Any) -> Line:
    """A line with a number and a space."""
    return Line.objects.create(profile=profile, index=1, button=1, directory_number=factories.number(digits), css=css)


def test_what_is_set_on_a_phone_is_set_for_the_profile_that_it_runs(inside: CallingSearchSpace) -> None:
    phone = factories.phone("SEP01")
    own = line(phone.own_profile, "1906", inside)
    profile = factories.profile("EM_alice")
    hers = line(profile, "1001", inside)
    type(phone).objects.filter(pk=phone.pk).update(current_profile=profile)
    assert forwarding.set_on_phone("sep01", "1001", "1002", author=ALICE, now=NOW) == ForwardSet("all", "1002", True)
    assert forwarding.set_on_phone("SEP01", "1906", "1002", author=ALICE, now=NOW) is Objection.NO_SUCH_LINE
    assert list(Forward.objects.values_list("line", "destination")) == [(hers.pk, "1002")]
    type(phone).objects.filter(pk=phone.pk).update(current_profile=phone.own_profile)
    assert forwarding.set_on_phone("SEP01", "1906", "1002", author=ALICE, now=NOW) == ForwardSet("all", "1002", True)
    assert forwarding.set_on_phone("SEP01", "1906", "", author=ALICE, now=NOW) == ForwardSet("all", "", True)
    assert {each.line_id: each.destination for each in Forward.objects.all()} == {hers.pk: "1002", own.pk: ""}
    entry = AuditEntry.objects.filter(action="line.forwarded").earliest("id")
    assert (entry.actor, entry.device, entry.subject) == ("alice", "SEP01", "EM_alice: 1001")
    assert entry.details["changes"]["destination"] == {"before": None, "after": "1002"}


@pytest.mark.parametrize(
    ("destination", "objection"),
    [
        ("bob", Objection.NOT_A_NUMBER),
        ("1001", Objection.ITSELF),
        ("112", Objection.EMERGENCY),
        ("4711", Objection.UNREACHED),
        ("1" * 25, Objection.NOT_A_NUMBER),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    inside: CallingSearchSpace, destination: str, objection: Objection
) -> None:
    hers = line(factories.profile("EM_alice"), "1001", inside)
    assert forwarding.set_forwarding(line=hers, destination=destination, author=ALICE, now=NOW) is objection
    assert not Forward.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="line.").exists()


def test_an_intercom_line_is_not_forwarded(inside: CallingSearchSpace) -> None:
    hers = line(factories.profile("EM_alice"), "8001", inside)
    hers.is_intercom = True
    assert forwarding.set_forwarding(line=hers, destination="1002", author=ALICE, now=NOW) is Objection.INTERCOM


def test_a_phones_own_forwards_come_back_with_its_other_settings(inside: CallingSearchSpace) -> None:
    phone = factories.phone("SEP01")
    own = line(phone.own_profile, "1906", inside)
    Forward.objects.create(line=own, kind="busy", destination="1002", css=inside, seconds=20)
    before = own_settings.taken(phone.own_profile_id)
    Forward.objects.filter(line=own).delete()
    Forward.objects.create(line=own, kind="all", destination="1002")
    assert own_settings.give_back(phone.own_profile_id, before)
    found = [(each.kind, each.destination, each.css, each.seconds) for each in Forward.objects.all()]
    assert found == [("busy", "1002", inside, 20)]
    assert not own_settings.give_back(phone.own_profile_id, before)


def test_settings_that_were_kept_before_there_were_forwards_are_given_back(inside: CallingSearchSpace) -> None:
    phone = factories.phone("SEP01")
    line(phone.own_profile, "1906", inside)
    before = own_settings.taken(phone.own_profile_id)
    del before["forwards"]
    assert own_settings.give_back(phone.own_profile_id, before)
    assert [each.directory_number.pattern for each in phone.own_profile.lines.all()] == ["1906"]


def test_a_log_in_and_a_log_out_change_no_forward(inside: CallingSearchSpace) -> None:
    phone = factories.phone("SEP01")
    Forward.objects.create(line=line(phone.own_profile, "1906", inside), kind="all", destination="1002")
    before = list(Forward.objects.values())
    factories.user("alice")
    by = mobility.By("admin", mobility.Way.ADMINISTRATOR)
    request = mobility.LogIn(device="SEP01", identifier="alice", pin=None)
    assert isinstance(mobility.log_in(request, by, NOW), mobility.LoggedIn)
    assert isinstance(mobility.log_out("SEP01", by, NOW), mobility.LoggedOut)
    assert list(Forward.objects.values()) == before
