"""Whose a headset is: at most 15 per user, one owner per headset, held by the database (HS-2)."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Association, Headset
from roamline.rooms.headsets.service import Associated, Dissociated, NotAssociated, Objection
from roamline.rooms.ledger.models import AuditEntry
from tests.support import factories
from tests.support.factories import ACTOR, NOW
from tests.support.headset_site import ALICES


def associate(serial: str, user_id: str = "alice") -> Associated | NotAssociated:
    return headsets.associate(serial, user_id, actor=ACTOR, way="tests", now=NOW)


@pytest.mark.django_db
@pytest.mark.proves("HS-2")
def test_a_headset_belongs_to_one_user_until_it_is_dissociated() -> None:
    factories.user("alice")
    factories.user("bob")
    assert associate(f"  {ALICES} ") == Associated(ALICES, "alice")
    assert associate(ALICES.lower(), "bob") == NotAssociated(Objection.OWNED_BY_ANOTHER, "alice")
    assert associate(ALICES.lower()) == NotAssociated(Objection.ALREADY_THEIRS, "alice")
    assert headsets.dissociate(ALICES.lower(), actor=ACTOR, way="tests", now=NOW) == Dissociated(ALICES, "alice")
    assert associate(ALICES.lower(), "bob") == Associated(ALICES, "bob"), "kept as first typed"
    assert list(AuditEntry.objects.filter(subject=ALICES).values_list("action", "user_id").order_by("id")) == [
        ("headset.associated", "alice"), ("headset.dissociated", "alice"), ("headset.associated", "bob"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.proves("HS-2")
def test_a_sixteenth_headset_is_refused_and_a_place_that_became_free_is_used() -> None:
    factories.user("alice")
    for number in range(15):
        assert isinstance(associate(f"SERIAL-{number}"), Associated)
    assert associate("SERIAL-15") == NotAssociated(Objection.TOO_MANY)
    headsets.dissociate("SERIAL-3", actor=ACTOR, way="tests", now=NOW)
    assert isinstance(associate("SERIAL-15"), Associated)
    assert Association.objects.get(headset__serial="SERIAL-15").slot == 4


@pytest.mark.django_db
@pytest.mark.proves("HS-2")
def test_the_database_itself_refuses_a_sixteenth_and_a_second_owner() -> None:
    alice, bob = factories.user("alice"), factories.user("bob")
    for number in range(15):
        associate(f"SERIAL-{number}")
    spare = Headset.objects.create(serial="SPARE")
    for slot in (0, 1, 15, 16):
        with pytest.raises(IntegrityError), transaction.atomic():
            Association.objects.create(account=alice, headset=spare, slot=slot, since=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Association.objects.create(account=bob, headset=Headset.objects.get(serial="SERIAL-1"), slot=1, since=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Headset.objects.create(serial="serial-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("serial", "user_id", "objection"),
    [
        ("", "alice", Objection.BAD_SERIAL),
        ("   ", "alice", Objection.BAD_SERIAL),
        ("x" * 51, "alice", Objection.BAD_SERIAL),
        ("a\x00b", "alice", Objection.BAD_SERIAL),
        ("OK", "nobody", Objection.UNKNOWN_USER),
        ("OK", "emproxy", Objection.UNKNOWN_USER),
    ],
)
def test_bad_serials_and_unknown_users_are_refused(serial: str, user_id: str, objection: Objection) -> None:
    factories.user("alice")
    factories.proxy()
    assert associate(serial, user_id) == NotAssociated(objection)
    assert not Headset.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("HS-2")
def test_two_who_act_at_once_cannot_give_a_user_a_sixteenth_headset_or_a_headset_two_owners() -> None:
    for user_id in ("alice", "bob"):
        factories.user(user_id)
    for number in range(13):
        associate(f"SERIAL-{number}")
    start, outcomes = threading.Barrier(8), []

    def act(serial: str, user_id: str) -> None:
        try:
            start.wait()
            outcomes.append(associate(serial, user_id))
        finally:
            connection.close()

    wanted = [(f"NEW-{n}", "alice") for n in range(6)] + [("SHARED", "alice"), ("SHARED", "bob")]
    threads = [threading.Thread(target=act, args=each) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert Association.objects.filter(account__user_id="alice").count() == 15
    assert Association.objects.filter(headset__serial="SHARED").count() <= 1
    refused = [each for each in outcomes if isinstance(each, NotAssociated)]
    assert len(refused) == 8 - (Association.objects.count() - 13)
    assert {each.objection for each in refused} <= {Objection.TOO_MANY, Objection.OWNED_BY_ANOTHER}
