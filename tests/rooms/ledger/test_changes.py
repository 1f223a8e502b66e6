"""Before and after of administrative changes."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan.models import CallingSearchSpaceMember
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Author, Names
from roamline.rooms.ledger.models import AuditEntry
from tests.support import factories
from tests.support.factories import NOW

AUTHOR = Author("admin", "administrator", "192.0.2.7")

pytestmark = pytest.mark.django_db


def test_facts_are_readable_and_hold_no_secret() -> None:
    account = factories.user("alice", password="a-password-for-tests")
    facts = changes.facts_of(account, ("controlled_profiles",))
    assert facts["user_id"] == "alice"
    assert facts["controlled_profiles"] == [{"profile": "EM_alice", "position": 1, "is_default": True}]
    assert not set(facts) & {"password", "pin_verifier", "uuid", "revision", "failed_attempts", "locked_until"}
    assert account.password not in str(facts)


def test_facts_of_rows_leave_out_what_they_belong_to() -> None:
    space = factories.calling_search_space()
    inside = factories.number("1001").partition
    CallingSearchSpaceMember.objects.create(css=space, partition=inside, position=1)
    assert changes.facts_of(space, ("members",))["members"] == [{"partition": "Internal", "position": 1}]


@pytest.mark.proves("AD-1")
def test_a_change_is_recorded_with_before_and_after_and_the_revision_grows() -> None:
    pool = factories.device_pool()
    before = changes.facts_of(pool)
    pool.location = "Roof"
    pool.save()
    names = Names(subject=pool.name)
    changed = changes.record_changed(pool, "device_pool", before, changes.facts_of(pool), names, AUTHOR, NOW)
    assert changed == {"location": {"before": "", "after": "Roof"}}
    assert pool.revision == 1
    entry = AuditEntry.objects.get(action="device_pool.changed")
    assert (entry.actor, entry.way, entry.source, entry.subject, entry.at) == (
        "admin", "administrator", "192.0.2.7", "Lobby", NOW,
    )  # fmt: skip
    assert entry.details == {"noun": str(pool.uuid), "revision": 1, "changes": changed}


def test_no_difference_leaves_no_trace() -> None:
    pool = factories.device_pool()
    facts = changes.facts_of(pool)
    assert changes.record_changed(pool, "device_pool", facts, dict(facts), Names(), AUTHOR, NOW) == {}
    assert pool.revision == 0
    assert not AuditEntry.objects.filter(action="device_pool.changed").exists()


def test_what_changed_since_a_revision_comes_oldest_first() -> None:
    pool = factories.device_pool()
    for location in ("Cellar", "Roof", "Yard"):
        before = changes.facts_of(pool)
        pool.location = location
        pool.save()
        changes.record_changed(pool, "device_pool", before, changes.facts_of(pool), Names(), AUTHOR, NOW)
    since = changes.changed_since(pool, 1)
    assert [entry.details["changes"]["location"]["after"] for entry in since] == ["Roof", "Yard"]
